from odoo.tests import tagged

from odoo.addons.kemenkes_channels.tests.channels_common import ChannelsCase, said
from odoo.addons.kemenkes_channels.tests.review_common import ReviewStores, play_review

NIK, HANDLE = "3275014512900004", "6281298765432"


@tagged("post_install", "-at_install")
class TestChannelsErasure(ChannelsCase):
    """UU 27/2022, R27.a.1: what outside services sent of a customer goes with the rest, and only that."""

    def test_erased(self):
        media = [{"kind": "image", "ref": HANDLE, "url": f"https://foto.example/{HANDLE}"}]
        event = self.take_in(
            said(f"NIK {NIK}", id="e1", sender=HANDLE, media=media), said("lain", id="e2", sender="8777", name="Sri")
        )
        self.take_in({"type": "edit", "key": "e1:1", "of": "e1", "from": HANDLE, "text": f"NIK saya {NIK}"})
        ticket = self.env["helpdesk.channel.message"].search([("external_id", "=", "e1")]).ticket_id
        other = self.env["helpdesk.channel.message"].search([("external_id", "=", "e2")])
        ticket.partner_id._erase_personal_data("requested")
        self.env.flush_all()
        self.env.invalidate_all()
        for table in ("helpdesk_channel_message", "helpdesk_media", "helpdesk_inbox_event", "helpdesk_identity"):
            self.env.cr.execute(f"SELECT count(*) FROM {table} AS this WHERE this::text ~ %s", [f"{NIK}|{HANDLE}"])
            self.assertEqual(self.env.cr.fetchone(), (0,), table)
        self.assertFalse(event._raw(), "the batch still holds the customer's words")
        self.assertEqual((other.recipient, other.message_id.body), ("8777", "<p>lain</p>"))
        # what is gone is not taken in again
        self.take_in(said(f"NIK {NIK}", id="e1", sender=HANDLE))
        self.assertEqual(self.env["helpdesk.channel.message"].search_count([("external_id", "=", "e1")]), 1)

    def test_masked(self):
        """R7: whose role needs no personal data sees no number."""
        ticket = self.take_in(said(sender=HANDLE)).ticket_id
        row = self.env["helpdesk.channel.message"].search([("ticket_id", "=", ticket.id)])
        seen = row.with_user(self.users["quality"]).read(["recipient"])[0]["recipient"]
        self.assertNotIn(HANDLE, seen or "")


@tagged("post_install", "-at_install")
class TestReviewErasure(ReviewStores):
    """UU 27/2022, R27.a.1: a review with a ticket has a writer who may ask for a copy, and to be forgotten."""

    def test_copied_and_erased(self):
        first, other = self.take_play(play_review(1, f"NIK saya {NIK}"), play_review(2, "Bagus", stars=5))
        self.take_play(play_review(1, f"Masih gagal, NIK {NIK}", stars=2, at=1795489200))
        customer = self.env["res.partner"].create({"name": "Siti", "email": "siti@customer.example"})
        first.ticket_id = self.create_ticket(partner_id=customer.id)
        section = customer._portable_sections(customer._erasure_scope())["reviews"]
        self.assertEqual([row["stars"] for row in section.rows], [1, 2])
        self.assertIn(NIK, section.rows[0]["text"])
        customer._erase_personal_data("requested")
        self.env.flush_all()
        for table in ("helpdesk_review", "helpdesk_review_edition"):
            self.env.cr.execute(f"SELECT count(*) FROM {table} AS this WHERE this::text ~ %s", [f"{NIK}|Pengguna 1"])
            self.assertEqual(self.env.cr.fetchone(), (0,), table)
        self.assertEqual((first.stars, other.text), (2, "Bagus"))
