import re
from email.message import EmailMessage
from unittest.mock import patch

from lxml import html

from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.email_common import EmailCase, make_mail

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def make_parts(kind, name, *parts):
    """A raw mail of several texts: ``(subtype and its parameters, text)``."""
    head = (
        f"From: b@rs.example\nTo: halo@helpdesk.example\nSubject: s\nMessage-ID: <{name}@rs>\n"
        f'Date: Mon, 23 Nov 2026 09:00:00 +0700\nContent-Type: multipart/{kind}; boundary="i"\n\n'
    )
    return (
        head + "".join(f"--i\nContent-Type: text/{subtype}\n\n{text}\n" for subtype, text in parts) + "--i--\n"
    ).encode()


def bounce_of(message_id, recipient="budi@rs.example", action="failed", status="5.1.1", kind="delivery-status"):
    return (
        "From: MAILER-DAEMON@mx.example\nTo: halo@helpdesk.example\nSubject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <{kind}-{status}-{abs(hash(message_id))}@mx.example>\n"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\n\n'
        f"--b\n\nIt failed.\n--b\nContent-Type: message/{kind}\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 unknown user\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nFrom: halo@helpdesk.example\nMessage-ID: {message_id}\n\n--b--\n"
    ).encode()


@tagged("post_install", "-at_install")
class TestEmailInbox(EmailCase):
    """R24.a: mails become tickets and messages, and find the conversation they belong to."""

    # TICKETS

    def test_mail_becomes_a_ticket(self):
        """R27.a.1: customer, channel, team, product, text, copies and ledger are there at once."""
        event = self.receive(
            make_mail(subject="OTP – gagal", text="Halo,\n\nOTP tidak sampai.\n\n-- \nBudi", Cc="Ani <ani@rs.example>")
        )
        ticket = event.ticket_id
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "OTP – gagal",
                    "description": "Halo,\n\nOTP tidak sampai.",
                    "partner_name": "Budi",
                    "partner_email": "budi@rs.example",
                    "channel_id": self.channel_email.id,
                    "team_id": self.team_l1.id,
                    "product_id": self.product_a.id,
                    "email_cc": '"Ani" <ani@rs.example>',
                    "stage_kind": "new",
                }
            ],
        )
        message = event.message_id
        self.assertEqual((message.message_type, message.helpdesk_direction), ("email", "in"))
        self.assertEqual(message.author_id, ticket.partner_id)
        self.assertIn("created", self.kinds_of(ticket))
        self.assertEqual(self.kinds_of(ticket).count("message_in"), 1)
        self.assertEqual((event.state, event.outcome, event.sender), ("done", "ticket", "budi@rs.example"))

    def test_known_customer_keeps_the_address_they_wrote_from(self):
        self.env["helpdesk.identity"]._insert("email", {"siti@other.example": self.customer.id})
        ticket = self.receive_ticket(sender="Siti A. <siti@other.example>")
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.partner_email, "siti@other.example")

    def test_hostile_html(self):
        """What a browser would run is gone before anybody sees it."""
        raw = (
            make_mail()
            .replace(b"Content-Type: text/plain", b"Content-Type: text/html")
            .replace(
                b"Kode OTP",
                b"<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>Kode OTP",
            )
        )
        body = self.receive(raw).message_id.body
        self.assertIn("Kode OTP", body)
        for word in ("script", "onerror", "javascript"):
            self.assertNotIn(word, body)

    def test_files_and_inline_pictures(self):
        raw = (
            "From: budi@rs.example\nTo: halo@helpdesk.example\nSubject: gambar\nMessage-ID: <pic@rs.example>\n"
            'Content-Type: multipart/related; boundary="r"\n\n--r\nContent-Type: text/html\n\n'
            '<p>Lihat <img src="cid:p1"></p>\n--r\nContent-Type: image/png; name=p.png\nContent-ID: <p1>\n'
            f"Content-Transfer-Encoding: base64\n\n{PIXEL}\n"
            "--r\nContent-Type: application/pdf; name=surat.pdf\n\n%PDF\n--r--\n"
        ).encode()
        message = self.receive(raw).message_id
        picture, letter = message.attachment_ids.sorted("name")
        self.assertEqual((picture.name, letter.name), ("p.png", "surat.pdf"))
        self.assertEqual((picture.res_model, picture.res_id), ("helpdesk.ticket", message.res_id))
        self.assertIn(f"/web/image/{picture.id}?access_token={picture.access_token}", message.body)
        self.assertFalse(letter.access_token)

    def test_unreadable_mail_is_a_ticket_with_the_raw_mail(self):
        raw = b"\x00\xff\xfe garbage \x80" * 20
        event = self.receive(raw)
        self.assertEqual((event.state, event.outcome), ("done", "unparsable"))
        self.assertEqual(event.message_id.attachment_ids.raw, raw)
        self.assertTrue(event.ticket_id.team_id)

    def test_same_result_as_odoo(self):
        """Subject, body, author, files and thread are those of Odoo's own gateway, mail by mail."""
        raws = [
            make_mail(subject="=?utf-8?q?Halo_=E2=80=93?= ya", text="Baris satu\nBaris dua <b> & c"),
            make_mail(sender="Siti Aminah <siti@customer.example>")
            .replace(b"text/plain", b"text/html")
            .replace(
                b"Kode OTP",
                b"<style>p{color:red}</style><p class='x' style='color:red;position:fixed' onclick='a()'>Kode</p>",
            ),
            make_parts("alternative", "alt", ("plain", "teks"), ("html", "<div><b>teks</b></div>")),
            make_parts("mixed", "mix", ("plain; charset=utf-8", "teks –"), ("csv; name=a.csv", "1;2")),
            make_mail(subject="Re: s", text="lagi", sender="b@rs.example", In_Reply_To="<alt@rs>"),
        ]
        ours = [self.look_at(event.message_id) for event in self.receive(*raws)]
        self.env["mail.message"].search([("model", "=", "helpdesk.ticket")]).message_id = False
        theirs = [self.look_at(message) for message in self.through_odoo(raws)]
        for our, their in zip(ours, theirs, strict=True):
            self.assertEqual(our, their)

    def through_odoo(self, raws):
        """The messages that Odoo's gateway makes of mails, with our inbox taken out of its way."""
        domain = self.env["mail.alias.domain"].create({"name": "helpdesk.example"})
        self.channel_email.write({"alias_name": "halo", "alias_domain_id": domain.id})
        before = self.env["mail.message"].search([], order="id desc", limit=1)
        nothing = patch.object(
            self.env.registry["helpdesk.inbox.event"], "_receive_email", lambda events, raw, **options: events.browse()
        )
        with nothing:
            for raw in raws:
                self.env["mail.thread"].message_process(None, raw)
        return self.env["mail.message"].search([("id", ">", before.id), ("message_type", "=", "email")], order="id")

    def look_at(self, message):
        """What somebody sees of a message, without what differs by its nature: ids, spaces between tags."""
        ticket = self.env["helpdesk.ticket"].browse(message.res_id)
        body = re.sub(r">\s+<", "><", (message.body or "").strip())
        messages = self.env["mail.message"].search([("model", "=", ticket._name), ("res_id", "=", ticket.id)])
        customer = messages.filtered(lambda said: said.message_type == "email").sorted("id")
        return {
            "subject": message.subject,
            "body": body.strip(),
            "text": html.fromstring(body or "<p/>").text_content().split(),
            "author": message.author_id,
            "from": message.email_from,
            "date": message.date,
            "direction": message.helpdesk_direction,
            "subtype": message.subtype_id,
            "files": sorted((file.name, file.raw, file.mimetype) for file in message.attachment_ids),
            "ticket": (ticket.name, ticket.partner_id, ticket.partner_email, ticket.channel_id, ticket.team_id),
            "place": customer.ids.index(message.id),
        }

    # DOUBLES AND LOOPS

    def test_one_mail_in_two_mailboxes_is_one_ticket(self):
        other = self.create_channel("email", name="Mail B", email_from="bantuan@helpdesk.example")
        raw = make_mail(To="halo@helpdesk.example, bantuan@helpdesk.example")
        first = self.receive(raw)
        # through another server and into another channel's mailbox
        second = self.inbox._receive(other, b"Received: by mx2\n" + raw, external_id=first.external_id)
        self.inbox._process_pending()
        self.assertEqual((second.state, second.outcome, second.ticket_id), ("ignored", "duplicate", first.ticket_id))
        self.assertEqual(self.env["helpdesk.ticket"].search_count([("partner_email", "=", "budi@rs.example")]), 1)

    def test_two_mailboxes_in_one_batch(self):
        other = self.create_channel("email", name="Mail B", email_from="bantuan@helpdesk.example")
        raw = make_mail()
        first = self.inbox._receive_pushed_email(self.channel_email, raw)
        second = self.inbox._receive(other, raw, external_id=first.external_id)
        self.inbox._process_pending()
        self.assertEqual((second.outcome, second.ticket_id), ("duplicate", first.ticket_id))
        self.assertTrue(first.ticket_id)

    def test_same_message_id_other_content_is_not_lost(self):
        """Broken programs give many mails one Message-ID; Odoo drops all but the first."""
        events = self.receive(make_mail(text="satu", Message_ID="<1@app>"), make_mail(text="dua", Message_ID="<1@app>"))
        self.assertEqual(events.mapped("state"), ["done", "done"])
        self.assertEqual(len(events.message_id), 2)

    def test_own_mail_come_back(self):
        ticket = self.receive_ticket()
        _message, row = self.queue_answer(ticket)
        event = self.receive(row._build_mail().as_bytes())
        self.assertEqual((event.state, event.outcome), ("ignored", "loop"))
        self.assertEqual(self.receive(make_mail(sender="halo@helpdesk.example")).outcome, "loop")

    def test_many_mails_of_one_sender_are_all_taken_in(self):
        """A hospital's relay may send what it wants (Odoo bounces the 20th); only the machine falls silent."""
        events = self.receive(*[make_mail(text=f"pasien {number}") for number in range(70)])
        self.assertEqual(set(events.mapped("outcome")), {"ticket"})
        last = self.receive(make_mail(text="satu lagi")).ticket_id
        self.assertTrue(last.no_auto_reply)
        self.assertFalse(events[0].ticket_id.no_auto_reply)
        self.assertFalse(last._may_hear_machine())

    # THREADING

    def test_reply_by_message_id(self):
        """An answer to the customer's own mail and one to ours both find the ticket (peers.md, pain point 23)."""
        first = self.receive(make_mail(Message_ID="<first@rs.example>"))
        ticket = first.ticket_id
        answer, _row = self.queue_answer(ticket)
        own = self.receive(make_mail(subject="lain", In_Reply_To="<first@rs.example>"))
        ours = self.receive(make_mail(subject="lain", References=f"<x@y> {answer.message_id}"))
        self.assertEqual(own.ticket_id + ours.ticket_id, ticket)
        self.assertEqual({own.outcome, ours.outcome}, {"reply"})
        self.assertEqual(self.kinds_of(ticket).count("message_in"), 3)

    def test_reply_in_the_same_batch(self):
        events = self.receive(
            make_mail(Message_ID="<b1@rs.example>"),
            make_mail(Message_ID="<b2@rs.example>", In_Reply_To="<b1@rs.example>"),
            make_mail(References="<b1@rs.example> <b2@rs.example>"),
        )
        self.assertEqual(events.mapped("outcome"), ["ticket", "reply", "reply"])
        self.assertEqual(len(events.ticket_id), 1)
        self.assertEqual(self.kinds_of(events.ticket_id).count("message_in"), 3)

    def test_reply_by_token_alone(self):
        """References cut by the customer's mail system: the token in the reply address is enough."""
        ticket = self.receive_ticket()
        self.channel_email.plus_address = True
        address = self.channel_email._reply_address(ticket)
        self.assertRegex(address, r"^halo\+hd-\d+-[0-9a-f]{20}@helpdesk\.example$")
        self.assertEqual(self.receive(make_mail(To=address.upper(), subject="lain")).ticket_id, ticket)

    def test_forged_token(self):
        ticket = self.receive_ticket()
        event = self.receive(make_mail(To=f"halo+hd-{ticket.id}-{'0' * 20}@helpdesk.example", sender="x@evil.example"))
        self.assertNotEqual(event.ticket_id, ticket)

    def test_reference_in_the_subject(self):
        """It counts for the customer, for who is copied and for who wrote before, and for nobody else."""
        ticket = self.receive_ticket(Cc="ani@rs.example")
        subject = f"lanjutan [{ticket.ticket_ref}]"
        self.assertEqual(self.receive(make_mail(subject=subject)).ticket_id, ticket)
        self.assertEqual(self.receive(make_mail(subject=subject, sender="ani@rs.example")).ticket_id, ticket)
        stranger = self.receive(make_mail(subject=subject, sender="orang@lain.example"))
        self.assertNotEqual(stranger.ticket_id, ticket)
        self.assertEqual(stranger.outcome, "ticket")
        self.assertIn(ticket.ticket_ref, " ".join(stranger.ticket_id.message_ids.mapped("body")))
        self.assertFalse(ticket.message_ids.filtered(lambda message: "orang@lain" in (message.email_from or "")))

    def test_merged_ticket_hands_on(self):
        """R27.b.4: replies to a merged ticket arrive at the survivor."""
        first = self.receive(make_mail(Message_ID="<merged@rs.example>")).ticket_id
        survivor = self.receive_ticket(subject="lain")
        first.merged_into_id = survivor
        event = self.receive(make_mail(In_Reply_To="<merged@rs.example>"))
        self.assertEqual((event.ticket_id, event.message_id.res_id), (first, survivor.id))

    def test_reply_reopens(self):
        ticket = self.receive(make_mail(Message_ID="<solved@rs.example>")).ticket_id
        ticket.stage_id = ticket._stage_of("solved")
        self.receive(make_mail(In_Reply_To="<solved@rs.example>"))
        self.assertEqual((ticket.stage_kind, ticket.reopen_count), ("open", 1))

    def test_late_reply_makes_a_ticket_that_follows(self):
        ticket = self.receive(make_mail(Message_ID="<late@rs.example>")).ticket_id
        ticket.stage_id = ticket._stage_of("closed")
        ticket.solved_date = "2020-01-01 00:00:00"
        follower = self.receive(make_mail(In_Reply_To="<late@rs.example>")).ticket_id
        self.assertEqual(follower.previous_id, ticket)
        self.assertEqual(ticket.stage_kind, "closed")

    def test_colleagues_mail_is_a_note(self):
        """The From of a mail proves nothing: what comes in an agent's name by mail never goes on to the customer."""
        ticket = self.receive(make_mail(Message_ID="<ask@rs.example>")).ticket_id
        agent = self.users["agent"]
        event = self.receive(make_mail(sender=agent.email_formatted, In_Reply_To="<ask@rs.example>", text="rahasia"))
        self.assertEqual(event.ticket_id, ticket)
        self.assertTrue(event.message_id.is_internal)
        self.assertFalse(event.message_id.helpdesk_direction)
        self.assertFalse(self.outbox.search([("message_id", "=", event.message_id.id)]))
        self.assertIn("note", self.kinds_of(ticket))

    def test_new_copies_are_kept(self):
        ticket = self.receive(make_mail(Message_ID="<cc@rs.example>")).ticket_id
        self.receive(make_mail(In_Reply_To="<cc@rs.example>", Cc="Dr. Ani <ani@rs.example>, halo@helpdesk.example"))
        self.assertEqual(ticket._copy_addresses(), ["ani@rs.example"])

    # MACHINES

    def test_auto_reply_belongs_to_its_ticket_and_changes_nothing(self):
        """RFC 3834: an absence notice is shown; it reopens nothing, counts as nobody's word and is not answered."""
        ticket = self.receive_ticket()
        answer, _row = self.queue_answer(ticket)
        ticket.stage_id = ticket._stage_of("solved")
        before = self.kinds_of(ticket)
        event = self.receive(make_mail(Auto_Submitted="auto-replied", In_Reply_To=answer.message_id, text="Saya cuti."))
        self.assertEqual((event.outcome, event.ticket_id), ("auto_reply", ticket))
        self.assertEqual(event.message_id.message_type, "out_of_office")
        self.assertFalse(event.message_id.helpdesk_direction)
        self.assertEqual(ticket.stage_kind, "solved")
        self.assertEqual(self.kinds_of(ticket), before)

    def test_auto_reply_to_nothing_is_only_kept(self):
        event = self.receive(make_mail(Auto_Submitted="auto-replied"))
        self.assertEqual((event.state, event.outcome, event.ticket_id.id), ("ignored", "auto_reply", False))
        self.assertTrue(event.payload)

    def test_machine_is_not_answered(self):
        """R24.b: an automatic reply never answers a machine or a list."""
        self.env["helpdesk.auto.reply"].with_context(active_test=False).search([]).active = True
        person = self.receive_ticket(sender="orang@rs.example")
        monitor = self.receive_ticket(sender="monitor@rs.example", Auto_Submitted="auto-generated")
        letter = self.receive_ticket(sender="list@rs.example", List_Id="<l.rs.example>")
        self.assertTrue(person.last_automatic_message_date)
        self.assertFalse(monitor.last_automatic_message_date)
        self.assertFalse(letter.last_automatic_message_date)

    def test_bounce_fails_the_answer(self):
        """RFC 3464: the answer is marked, the ticket says why in plain words, nothing else changes."""
        ticket = self.receive_ticket()
        answer, row = self.queue_answer(ticket)
        row.state = "sent"
        event = self.receive(bounce_of(answer.message_id))
        self.assertEqual((event.state, event.outcome, event.ticket_id), ("done", "bounce", ticket))
        self.assertEqual(row.state, "failed")
        self.assertIn("unknown user", row.error)
        self.assertIn("unknown user", ticket.failed_delivery)
        self.assertIn("the address does not exist", ticket.message_ids[0].body)
        self.assertIn("delivery", self.kinds_of(ticket))

    def test_delay_and_complaint_are_news_only(self):
        ticket = self.receive_ticket()
        answer, row = self.queue_answer(ticket)
        row.state = "sent"
        self.receive(bounce_of(answer.message_id, action="delayed", status="4.4.1"))
        self.receive(bounce_of(answer.message_id, kind="feedback-report"))
        self.assertEqual(row.state, "sent")
        self.assertIn("spam", ticket.message_ids[0].body)

    def test_bounce_of_nothing_is_only_kept(self):
        event = self.receive(bounce_of("<unknown@x.example>"))
        self.assertEqual((event.state, event.outcome, event.ticket_id.id), ("ignored", "bounce", False))

    # NOTIFICATIONS

    def test_followers_hear_of_a_reply_and_the_customer_does_not(self):
        ticket = self.receive(make_mail(Message_ID="<follow@rs.example>")).ticket_id
        agent = self.users["agent"]
        agent.notification_type = "inbox"
        ticket.message_subscribe((agent.partner_id | ticket.partner_id).ids)
        event = self.receive(make_mail(In_Reply_To="<follow@rs.example>"))
        self.assertEqual(event.message_id.notified_partner_ids, agent.partner_id)

    # WHAT A READER'S BROWSER DOES WITH IT

    def test_reading_a_mail_calls_nobody(self):
        """Tracking pixels, remote pictures and backgrounds of a customer's mail are not fetched by who reads it."""
        mail = EmailMessage()
        mail["From"], mail["To"] = "Budi <budi@rs.example>", "halo@helpdesk.example"
        mail["Subject"], mail["Message-ID"] = "Iklan", "<remote@rs.example>"
        mail.set_content("teks")
        mail.add_alternative(
            """<table background="http://t.example/b.png"><tr><td style="background-image:url(http://t.example/c)">Halo
            <img src="https://t.example/p.gif" width="1"><img src="https://rs.example/logo.png"></td></tr></table>
            <svg><image href="http://t.example/d"/></svg><video poster="//t.example/e"></video>""",
            subtype="html",
        )
        body = self.receive(mail.as_bytes()).message_id.body
        self.assertNotIn("t.example", body)
        self.assertNotIn("<img", body)
        self.assertIn('href="https://rs.example/logo.png"', body)
        self.assertIn("Halo", body)

    def test_files_that_a_browser_would_run_are_downloads(self):
        """HTML, SVG and scripts of strangers are never shown as pages of ours; pictures and documents are."""
        mail = EmailMessage()
        mail["From"], mail["To"] = "Budi <budi@rs.example>", "halo@helpdesk.example"
        mail["Subject"], mail["Message-ID"] = "Berkas", "<files@rs.example>"
        mail.set_content("teks")
        page, drawing = b"<html><script>alert(1)</script></html>", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
        mail.add_attachment(page, "text", "html", filename="a.html")
        mail.add_attachment(drawing, "image", "svg+xml", filename="b.svg")
        mail.add_attachment(page, "image", "png", filename="c.png")
        mail.add_attachment(b"%PDF-1.4 isi", "application", "pdf", filename="d.pdf")
        files = self.receive(mail.as_bytes()).ticket_id.message_ids.attachment_ids
        types = {file.name: file.mimetype for file in files}
        self.assertEqual(types["a.html"], "application/octet-stream")
        self.assertEqual(types["b.svg"], "application/octet-stream")
        self.assertNotIn("html", types["c.png"])
        self.assertEqual(types["d.pdf"], "application/pdf")
        self.assertEqual(files.filtered(lambda file: file.name == "a.html").raw, page)
