"""E-mails a second, from raw bytes to ticket and message: ours in batches, the peer's one by one, the same mails in the
same process. The peer is OCA's helpdesk_mgmt with helpdesk_mgmt_sla behind Odoo's own mail gateway."""

import logging
import os
import random
import time
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

MAILS = int(os.environ.get("BENCH_MAILS", "600"))
# Odoo bounces the twentieth mail of a sender in two hours; real customers write once or twice
SENDERS = MAILS // 2
GOAL = 5
WORDS = """
    saya tidak bisa masuk ke aplikasi SATUSEHAT karena kode OTP tidak pernah sampai sudah dicoba tiga kali
    mohon bantuannya data vaksin anak belum muncul padahal sudah divaksin di puskesmas minggu lalu
    terima kasih atas bantuan tim
""".split()  # noqa: SIM905 - a text, not a list


def make_mails(count, seed=7):
    """Mails of customers: plain text, HTML with plain text, with a picture, and answers to their own first mail.

    :param int count: how many
    :param int seed: the same seed makes the same mails
    :return: list of raw mails
    """
    chance = random.Random(seed)
    start = datetime.now(timezone.utc) - timedelta(hours=1)
    sent, mails = [], []
    for number in range(count):
        sender = chance.randrange(SENDERS)
        mail = EmailMessage()
        mail["From"] = f"Pelanggan {sender} <pelanggan{sender}@rs{sender % 40}.example>"
        mail["To"] = "Halo Kemkes <halo@helpdesk.example>"
        mail["Date"] = format_datetime(start + timedelta(seconds=number))
        mail["Message-ID"] = f"<bench-{seed}-{number}@rs.example>"
        _write_subject(mail, chance, number, sender, sent)
        _write_body(mail, chance)
        sent.append((sender, mail["Message-ID"]))
        mails.append(mail.as_bytes())
    return mails


def _write_subject(mail, chance, number, sender, sent):
    own = next((message_id for writer, message_id in reversed(sent) if writer == sender), None)
    if own and chance.random() < 0.6:
        mail["Subject"] = f"Re: Tidak bisa masuk – {number}"
        mail["In-Reply-To"] = mail["References"] = own
        return
    mail["Subject"] = f"Tidak bisa masuk – {number}"


def _write_body(mail, chance):
    text = " ".join(chance.choices(WORDS, k=80)) + "."
    mail.set_content(f"Halo,\n\n{text}\n\nSalam,\nPelanggan\n")
    if chance.random() < 0.7:
        paragraphs = "".join(f"<p style='margin:0'>{' '.join(chance.choices(WORDS, k=40))}.</p>" for _ in range(3))
        mail.add_alternative(f"<html><body><div class='WordSection1'>{paragraphs}</div></body></html>", subtype="html")
    if chance.random() < 0.2:
        mail.add_attachment(chance.randbytes(20_000), maintype="image", subtype="jpeg", filename="layar.jpg")


def measure_ours(database, mails):
    """Mails a second into the inbox and out of it as tickets."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        start = time.perf_counter()
        events = env["helpdesk.inbox.event"]
        for mail in mails:
            events._receive_email(mail)
            cursor.commit()
        stored = time.perf_counter()
        while events._process_pending():
            cursor.commit()
            env.invalidate_all()
        ended = time.perf_counter()
        unfinished = events.search_count([("state", "!=", "done")])
    if unfinished:
        raise SystemExit(f"{unfinished} mails did not become messages")
    return len(mails) / (ended - start), len(mails) / (ended - stored)


def measure_peer(database, mails):
    """The same through Odoo's ``message_process`` into the peer's tickets, committed after each as fetchmail does."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        start = time.perf_counter()
        for mail in mails:
            env["mail.thread"].message_process(None, mail)
            cursor.commit()
        ended = time.perf_counter()
    return len(mails) / (ended - start)


def prepare_ours(database):
    """Give the e-mail channel the address that the mails go to."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        env["helpdesk.channel"].search(
            [("kind", "=", "email")], limit=1
        ).email_from = "Halo Kemkes <halo@helpdesk.example>"


def prepare_peer(database):
    """Give a team of the peer the address that the mails go to, and let nobody be taken for a loop."""
    with Registry(database).cursor() as cursor:
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", "1000000")
        domain = env["mail.alias.domain"].search([], limit=1) or env["mail.alias.domain"].create(
            {"name": "helpdesk.example"}
        )
        domain.name = "helpdesk.example"
        env["helpdesk.ticket.team"].create(
            {"name": "Bench", "alias_name": "halo", "alias_domain_id": domain.id, "use_sla": True}
        )


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    mails = make_mails(MAILS)
    ours, peers = os.environ["BENCH_DATABASE"], os.environ["BENCH_PEER_DATABASE"]
    prepare_ours(ours)
    prepare_peer(peers)
    # warm both up: the first mails pay for caches that a running server has
    measure_ours(ours, make_mails(40, seed=1))
    measure_peer(peers, make_mails(40, seed=1))
    whole, worked_off = measure_ours(ours, mails)
    peer = measure_peer(peers, mails)
    print(f"{MAILS} mails, one process")
    print(f"{'':44}{'mails/s':>10}{'x peer':>8}")
    print(f"{'helpdesk_mgmt + _sla, message_process':44}{peer:10.0f}{1:8.1f}")
    print(f"{'ours, stored and worked off':44}{whole:10.0f}{whole / peer:8.1f}")
    print(f"{'ours, worked off':44}{worked_off:10.0f}{worked_off / peer:8.1f}")
    print(f"goal {GOAL}x: {'reached' if whole >= GOAL * peer else 'MISSED'}")


if __name__ == "__main__":
    main()
