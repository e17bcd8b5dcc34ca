from odoo import models

from odoo.addons.kemenkes_helpdesk.tools.portable_archive import Section


class ResPartner(models.Model):
    """The copy of a customer's data holds their calls, chats and reviews as well."""

    _inherit = "res.partner"

    def _portable_sections(self, scope):
        return {
            **super()._portable_sections(scope),
            "calls": self._portable_calls(scope),
            "chats": self._portable_chats(scope),
            "reviews": self._portable_reviews(scope),
        }

    def _portable_files(self, scope):
        return super()._portable_files(scope) | scope["calls"].recording_ids.attachment_id

    def _portable_calls(self, scope):
        calls = scope["calls"].sorted("id")
        directions = dict(calls._fields["direction"]._description_selection(self.env))
        rows = [
            {
                "date": f"{call.start_date} UTC",
                "direction": directions[call.direction],
                "number": call.number or None,
                "seconds": call.talk_seconds,
                "note": call.note or None,
                "transcript": "\n".join(filter(None, call.transcript_ids.mapped("text"))) or None,
            }
            for call in calls
        ]
        columns = {
            "date": self.env._("Date"),
            "direction": self.env._("Direction"),
            "number": self.env._("Number"),
            "seconds": self.env._("Talk time (s)"),
            "note": self.env._("What it was about"),
            "transcript": self.env._("Transcript"),
        }
        return Section(self.env._("Calls"), columns, rows)

    def _portable_chats(self, scope):
        rows = [
            {"date": f"{chat.create_date} UTC", "ticket": chat.helpdesk_ticket_id.ticket_ref}
            for chat in scope["chats"].sorted("id")
        ]
        columns = {"date": self.env._("Date"), "ticket": self.env._("Ticket")}
        return Section(self.env._("Live chats"), columns, rows)

    def _portable_reviews(self, scope):
        """Each review with what it said before."""
        stores = dict(scope["reviews"]._fields["store"]._description_selection(self.env))
        rows = [
            {
                "date": f"{edition.date} UTC",
                "store": stores[review.store],
                "author": review.author or None,
                "stars": edition.stars,
                "title": edition.title or None,
                "text": edition.text or None,
                "version": edition.app_version or None,
            }
            for review in scope["reviews"].sorted("id")
            for edition in review.edition_ids.sorted("date")
        ]
        columns = {
            "date": self.env._("Date"),
            "store": self.env._("Store"),
            "author": self.env._("Author"),
            "stars": self.env._("Stars"),
            "title": self.env._("Title"),
            "text": self.env._("Text"),
            "version": self.env._("App version"),
        }
        return Section(self.env._("App reviews"), columns, rows)
