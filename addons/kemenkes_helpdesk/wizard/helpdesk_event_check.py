from odoo import fields, models

# As many broken rows as fit on a screen; the number found in all is not needed to know that something is wrong.
SHOWN = 100


class HelpdeskEventCheck(models.TransientModel):
    """Check the ledger, and say in plain words what was found."""

    _name = "helpdesk.event.check"
    _description = "Check of the Ledger"

    ticket_id = fields.Many2one("helpdesk.ticket", help="Empty: the whole ledger and all seals.")
    state = fields.Selection([("draft", "Not checked"), ("whole", "Whole"), ("broken", "Broken")], default="draft")
    event_count = fields.Integer("Rows checked", readonly=True)
    seal_count = fields.Integer("Seals checked", readonly=True)
    result = fields.Text(readonly=True)

    def action_check(self):
        """Run the check and show its result in the same window."""
        self.ensure_one()
        events = self.env["helpdesk.event"]
        domain = [("ticket_id", "=", self.ticket_id.id)] if self.ticket_id else []
        problems = events._find_broken(domain, SHOWN)
        # sudo: the whole ledger was checked, whatever rows the user may read
        values = {"event_count": events.sudo().search_count(domain), "seal_count": 0}
        lines = [self._describe(problem) for problem in problems]
        if not self.ticket_id:
            seals = self.env["helpdesk.event.seal"]
            values["seal_count"] = seals.search_count([])
            lines += self._describe_unguarded(events.find_unguarded())
            lines += [self.env._("The seal of %s does not fit its rows.", day) for day in seals._verify_seals()]
        self.write({**values, "state": "broken" if lines else "whole", "result": "\n".join(lines)})
        return self._reopen()

    def _describe_unguarded(self, unguarded):
        texts = {
            "trigger": self.env._("%s: the trigger that refuses changes is missing or without effect."),
            "rights": self.env._("%s: the database's role may change or remove rows."),
        }
        # that Odoo's role owns the tables is how they are made: a matter of the set-up, not of somebody's doing
        return [texts[row["problem"]] % row["table"] for row in unguarded if row["problem"] in texts]

    def _describe(self, problem):
        texts = {
            "changed": self.env._("Row %(id)s, %(where)s: changed."),
            "gap": self.env._("Row %(id)s, %(where)s: what stood before it is missing or was replaced."),
            "forged": self.env._("Row %(id)s, %(where)s: not written by the helpdesk."),
            "missing": self.env._("Row %(id)s, %(where)s: missing or replaced."),
        }
        return texts[problem["problem"]] % {"id": problem["id"], "where": self._describe_place(problem)}

    def _describe_place(self, problem):
        if problem["ticket_id"]:
            # sudo: the reference of a ticket, without its subject, also of another product
            ticket = self.env["helpdesk.ticket"].sudo().browse(problem["ticket_id"]).exists()
            return self.env._("ticket %s", ticket.ticket_ref or f"#{problem['ticket_id']}")
        # sudo: the name of an account
        user = self.env["res.users"].sudo().browse(problem["user_id"]).exists()
        return self.env._("account %s", user.name or f"#{problem['user_id']}")

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check the log"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
