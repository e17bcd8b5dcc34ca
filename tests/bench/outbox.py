"""Answers a second from the outbox to a mail server, beside the same answers through Odoo's own mail queue.

The mail server is a fake of this folder: one without delay, which shows what we cost, and one that answers
ROUND_TRIP later, as a relay in another data centre does.
"""

import logging
import os
import sys
import time

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

sys.path.insert(0, os.path.dirname(__file__))
from _smtp_sink import smtp_sink

MAILS = int(os.environ.get("BENCH_MAILS", "300"))
ROUND_TRIP = 0.005
BODY = "Silakan hapus data aplikasi, lalu masuk lagi dengan nomor yang terdaftar."


def make_answers(env, count):
    """``count`` tickets with an agent's answer each, waiting in the outbox."""
    channel = env["helpdesk.channel"].search([("kind", "=", "email")], limit=1)
    channel.email_from = "Halo Kemkes <halo@helpdesk.example>"
    tickets = env["helpdesk.ticket"].create(
        [
            {
                "name": f"Tidak bisa masuk {number}",
                "partner_name": f"Pelanggan {number}",
                "partner_email": f"pelanggan{number}@rs.example",
                "channel_id": channel.id,
            }
            for number in range(count)
        ]
    )
    agent = env.ref("base.user_admin")
    for ticket in tickets.with_user(agent):
        ticket.message_post(body=BODY, message_type="comment", subtype_xmlid="mail.mt_comment")
    env["helpdesk.outbox.message"].search([("message_id.body", "not ilike", BODY)]).state = "sent"


def make_odoo_mails(env, count):
    env["mail.mail"].search([]).unlink()
    env["mail.mail"].create(
        [
            {
                "subject": f"Re: Tidak bisa masuk {number}",
                "body_html": f"<p>{BODY}</p>",
                "email_from": "halo@helpdesk.example",
                "email_to": f"pelanggan{number}@rs.example",
            }
            for number in range(count)
        ]
    )


def measure(database, round_trip, prepare, send):
    """``(mails a second, connections)`` for what ``prepare(env, count)`` queues and ``send(env)`` sends."""
    with smtp_sink(round_trip) as sink, Registry(database).cursor() as cursor:
        config["smtp_server"], config["smtp_port"] = sink.server_address
        env = odoo.api.Environment(cursor, odoo.SUPERUSER_ID, {})
        prepare(env, MAILS)
        cursor.commit()
        start = time.perf_counter()
        send(env)
        seconds = time.perf_counter() - start
        if sink.mails != MAILS:
            raise SystemExit(f"{sink.mails} mails arrived, not {MAILS}")
        return MAILS / seconds, sink.connections


def send_outbox(env):
    while env["helpdesk.outbox.message"]._send_pending():
        env.cr.commit()


def send_odoo_queue(env):
    env["mail.mail"].search([("state", "=", "outgoing")]).send(auto_commit=True)


def main():
    config.parse_config(["-c", os.environ["ODOO_RC"]], setup_logging=False)
    logging.disable(logging.WARNING)
    database = os.environ["BENCH_DATABASE"]
    print(f"{MAILS} answers, one process{'':26}{'mails/s':>10}{'connections':>14}{'x Odoo':>8}")
    for round_trip in (0, ROUND_TRIP):
        odoo_rate, odoo_connections = measure(database, round_trip, make_odoo_mails, send_odoo_queue)
        rate, connections = measure(database, round_trip, make_answers, send_outbox)
        server = f"answering after {round_trip * 1000:.0f} ms"
        print(f"{'Odoo mail.mail, ' + server:50}{odoo_rate:10.0f}{odoo_connections:14}{1:8.1f}")
        print(f"{'ours, ' + server:50}{rate:10.0f}{connections:14}{rate / odoo_rate:8.1f}")


if __name__ == "__main__":
    main()
