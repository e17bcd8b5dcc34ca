from datetime import timedelta

from odoo import api, models

from .helpdesk_nda import ENDS_SOON_DAYS

EXPIRED = 0


class HelpdeskNda(models.Model):
    """Announcements before an agreement ends, and on the day after it has."""

    _inherit = "helpdesk.nda"

    @api.model
    def _cron_remind(self):
        """Tell the agent and admin support; each announcement once, and none where a renewal is signed already."""
        rules = {rule.role: rule for rule in self.env["helpdesk.nda.rule"].search([])}
        farthest = max([rule._remind_days()[-1] for rule in rules.values()], default=ENDS_SOON_DAYS)
        ending = self.search(
            [
                ("state", "=", "signed"),
                ("reminded_days", "!=", EXPIRED),
                ("valid_to", "<=", self.env.cr.now().date() + timedelta(days=farthest + 1)),
            ]
        )
        renewed = self._renewed()
        due = self.browse()
        for nda in ending - renewed:
            days = nda._announcement(rules.get(nda.role))
            if days is not None:
                nda.reminded_days = days
                due |= nda
        due._tell_of_end()

    def _renewed(self):
        """Agreements that another one follows without a gap."""
        return self.search([("state", "=", "signed"), ("previous_id", "!=", False)]).previous_id

    def _announcement(self, rule):
        """How many days before the end it is to be announced now: 0 when it has ended, None for not now."""
        if self.status == "expired":
            return EXPIRED
        # the smallest number of days that has been reached
        reached = [day for day in (rule or self.env["helpdesk.nda.rule"])._remind_days() if self.days_left <= day]
        if not reached or (self.reminded_days != -1 and self.reminded_days <= reached[0]):
            return None
        return reached[0] or None

    def _tell_of_end(self):
        support = self.env.ref("kemenkes_helpdesk.group_admin_support").all_user_ids.filtered(
            lambda user: user.active and user.helpdesk_role == "admin_support"
        )
        for nda in self:
            for user in (nda.user_id | support).filtered("active"):
                in_language = nda.with_context(lang=user.lang)
                in_language.message_notify(
                    partner_ids=user.partner_id.ids, subject=in_language._end_subject(), body=in_language._end_text()
                )

    def _end_subject(self):
        if self.status == "expired":
            return self.env._("The confidentiality agreement of %s has ended", self.user_id.name)
        return self.env._("The confidentiality agreement of %s ends soon", self.user_id.name)

    def _end_text(self):
        day = self.valid_to.strftime("%d/%m/%Y")
        if self.status == "expired":
            return self.env._("%(number)s ended on %(day)s. Until a new one is signed, the account sees no tickets.",
                              number=self.name, day=day)  # fmt: skip
        return self.env._(
            "%(number)s holds until %(day)s, %(count)s more days. "
            "Please sign its renewal before that, so that work goes on.",
            number=self.name,
            day=day,
            count=self.days_left,
        )
