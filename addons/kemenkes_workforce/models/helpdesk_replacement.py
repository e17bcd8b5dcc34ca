from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS

STATES = [
    ("draft", "Being prepared"),
    ("notified", "Pusdatin has been told"),
    ("handed_over", "Handed over"),
    ("closed", "Account closed"),
    ("cancelled", "Cancelled"),
]
# What the confirmation counts, as ``res.users._withdraw_access`` names it.
WITHDRAWN = ("devices", "api_keys", "trusted_devices", "second_factor", "groups")


class HelpdeskReplacement(models.Model):
    """An agent leaves and another one takes over (R10): notice to Pusdatin, hand-over, then the account is shut.

    The steps come one after the other and each is a row of the ledger. The account is shut only when none of its
    tickets is open any more, in one transaction: either all ways in are gone, or none is.
    """

    _name = "helpdesk.replacement"
    _description = "Replacement of an Agent"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    user_id = fields.Many2one(
        "res.users",
        "Leaves",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("helpdesk_role", "!=", False), ("share", "=", False)],
    )
    successor_id = fields.Many2one(
        "res.users",
        "Takes over",
        domain="[('helpdesk_role', '!=', False), ('share', '=', False), ('id', '!=', user_id)]",
    )
    site_id = fields.Many2one(
        "helpdesk.site", required=True, compute="_compute_site_id", store=True, readonly=False, precompute=True
    )
    last_day = fields.Date("Last working day", required=True, default=fields.Date.context_today)
    reason = fields.Text("Why", help="For the provider; Pusdatin reads the notice.")
    notice = fields.Text(
        "Notice to Pusdatin", compute="_compute_notice", store=True, readonly=False, help="Sent as it stands here."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", copy=False, tracking=True)
    notified_date = fields.Datetime("Pusdatin was told on", readonly=True, copy=False)
    acknowledged_date = fields.Datetime("Pusdatin has read it on", readonly=True, copy=False)
    acknowledged_by_id = fields.Many2one("res.users", "Read by", readonly=True, copy=False)
    rights_date = fields.Datetime("Rights were transferred on", readonly=True, copy=False)
    line_ids = fields.One2many("helpdesk.replacement.line", "replacement_id", "Hand-over")
    open_ticket_count = fields.Integer("Open tickets left", compute="_compute_open_ticket_count")
    closed_date = fields.Datetime("Account was closed on", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True, copy=False)
    devices_count = fields.Integer("Devices signed out", readonly=True, copy=False)
    api_keys_count = fields.Integer("API keys removed", readonly=True, copy=False)
    trusted_devices_count = fields.Integer("Trusted devices removed", readonly=True, copy=False)
    second_factor_count = fields.Integer("Second factors removed", readonly=True, copy=False)
    groups_count = fields.Integer("Roles and groups removed", readonly=True, copy=False)

    _others = models.Constraint("CHECK(user_id != successor_id)", "Nobody takes over from themselves.")
    _one_at_a_time = models.UniqueIndex(
        "(user_id) WHERE state NOT IN ('closed', 'cancelled')", "This agent is being replaced already."
    )
    _site_idx = models.Index("(site_id, id)")

    # COMPUTES

    @api.depends("user_id")
    def _compute_site_id(self):
        for replacement in self:
            # sudo: where an account works is no secret from whoever replaces it
            replacement.site_id = replacement.site_id or replacement.user_id.sudo().helpdesk_site_ids[:1]

    @api.depends("user_id", "successor_id", "last_day", "site_id")
    def _compute_notice(self):
        for replacement in self.filtered(lambda one: one.state == "draft"):
            reader = replacement.with_context(lang=replacement._viewers()[:1].lang or self.env.lang)
            replacement.notice = reader._prepare_notice() if replacement.user_id else False

    def _prepare_notice(self):
        values = {
            "agent": self.user_id.name,
            "site": self.site_id.name or "-",
            "day": f"{self.last_day:%d/%m/%Y}" if self.last_day else "-",
            "successor": self.successor_id.name or self.env._("the agents of the same team"),
        }
        return self.env._(
            "We inform Pusdatin that the agent %(agent)s (%(site)s) works in the helpdesk until %(day)s. "
            "Their tickets and responsibilities pass to %(successor)s. All open tickets are handed over with notes; "
            "after that the account of %(agent)s is closed and all its access is removed. "
            "You will find the confirmation on this page.",
            **values,
        )

    def _compute_open_ticket_count(self):
        groups = self.env["helpdesk.ticket"].sudo()._read_group(self._open_domain(), ["user_id"], ["__count"])
        counts = dict(groups)  # sudo above: a number tells about no ticket
        for replacement in self:
            replacement.open_ticket_count = counts.get(replacement.user_id, 0)

    def _open_domain(self):
        return Domain("user_id", "in", self.user_id.ids) & Domain("stage_kind", "not in", DONE_KINDS)

    # RECORDS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                # sudo: whoever may write a replacement may have a number for it
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code("helpdesk.replacement")
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & {"user_id", "notice", "last_day", "site_id"} and any(one.state != "draft" for one in self):
            raise UserError(
                self.env._("Pusdatin has been told so already. Cancel this replacement and make a new one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_told(self):
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("What Pusdatin was told is kept."))

    # NOTICE

    def action_notify(self):
        """Send the written notice to the viewers of Pusdatin who follow the site; it stands on their pages too.

        :raise UserError: it was sent already, or there is nobody to send it to
        """
        self.ensure_one()
        self._check_state("draft")
        viewers = self._viewers()
        if not viewers:
            raise UserError(self.env._("No account of Pusdatin follows this site, so nobody would get the notice."))
        if not (self.notice or "").strip():
            raise UserError(self.env._("Write the notice."))
        self.write({"state": "notified", "notified_date": self.env.cr.now()})
        reader = self.with_context(lang=viewers[:1].lang or self.env.lang)
        self.message_post(
            subject=reader.env._("Replacement of an agent: %s", self.user_id.name),
            body=self.notice,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=viewers.partner_id.ids,
        )
        self._record("notified", told=viewers.ids)
        self.action_load_tickets()
        return True

    def _viewers(self):
        # sudo: whom of the client's accounts a notice goes to is decided here
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [("helpdesk_role", "=", "pusdatin_viewer"), ("helpdesk_site_ids", "in", self.site_id.ids)],
            )
        )

    def _acknowledge(self):
        """A viewer of Pusdatin has read the notice; the first one counts.

        :raise AccessError: the user is no viewer of the site
        """
        self.ensure_one()
        if not self.env.user.has_group("kemenkes_helpdesk.group_pusdatin_viewer"):
            raise AccessError(self.env._("Only accounts of Pusdatin may do this."))
        self.check_access("read")
        if self.acknowledged_date:
            return
        # sudo: viewers read; that they have read is the one thing they add
        self.sudo().write({"acknowledged_date": self.env.cr.now(), "acknowledged_by_id": self.env.uid})
        self._record("acknowledged")

    # HAND-OVER

    def action_load_tickets(self):
        """List the open tickets of who leaves, each for the successor; those that are listed stay as they are."""
        self.ensure_one()
        # sudo: a list of numbers; what may be read of a ticket is decided where it is opened
        tickets = self.env["helpdesk.ticket"].sudo().search(self._open_domain(), order="next_due_date, id")
        missing = tickets - self.line_ids.filtered(lambda line: not line.is_done).ticket_id
        self.line_ids = [
            Command.create({"ticket_id": ticket.id, "to_user_id": self.successor_id.id}) for ticket in missing
        ]
        return True

    def action_hand_over(self):
        """Give each listed ticket to its new agent, with its note; nothing happens to what is closed meanwhile.

        :raise UserError: Pusdatin has not been told, a ticket has no new agent, or that agent may see no tickets
        """
        self.ensure_one()
        self._check_state("notified", "handed_over")
        waiting = self.line_ids.filtered(lambda line: not line.is_done)
        waiting._check_receivers()
        waiting._hand_over()
        self.invalidate_recordset(["open_ticket_count"])
        if not self.open_ticket_count:
            self.state = "handed_over"
        self._record("handed_over", tickets=waiting.ticket_id.ids)
        return True

    def action_transfer_rights(self):
        """The successor gets the products, sites and teams of who leaves, besides their own.

        :raise AccessError: the user may not manage the successor's account
        :raise UserError: there is no successor
        """
        self.ensure_one()
        self._check_state("notified", "handed_over")
        if not self.successor_id:
            raise UserError(self.env._("Say who takes over."))
        (self.user_id | self.successor_id)._check_helpdesk_account()
        # sudo: checked above
        self.user_id.sudo()._give_rights_to(self.successor_id.sudo())
        self.rights_date = self.env.cr.now()
        self._record("rights_transferred")
        return True

    # THE END

    def action_close(self):
        """Shut the account: all ways in are gone at once, and what was taken is confirmed on record.

        :raise AccessError: the user may not manage the account
        :raise UserError: Pusdatin has not been told, or tickets of the account are still open
        """
        self.ensure_one()
        self._check_state("notified", "handed_over")
        if self.open_ticket_count:
            raise UserError(
                self.env._("%s open tickets are still with this agent. Hand them over first.", self.open_ticket_count)
            )
        taken = self.user_id._withdraw_access()
        self.write(
            {
                "state": "closed",
                "closed_date": self.env.cr.now(),
                "closed_by_id": self.env.uid,
                **{f"{name}_count": taken[name] for name in WITHDRAWN},
            }
        )
        self._record("closed")
        viewers = self._viewers()
        reader = self.with_context(lang=viewers[:1].lang or self.env.lang)
        self.message_post(
            subject=reader.env._("Account closed: %s", self.user_id.name),
            body=reader._prepare_confirmation(),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=viewers.partner_id.ids,
        )
        return True

    def _prepare_confirmation(self):
        return self.env._(
            "The account of %(agent)s is closed. Removed: %(devices)s sessions on devices, %(keys)s API keys, "
            "%(trusted)s trusted devices, %(factors)s second factors, %(groups)s roles and groups. "
            "The password and all links that set one are void.",
            agent=self.user_id.name,
            devices=self.devices_count,
            keys=self.api_keys_count,
            trusted=self.trusted_devices_count,
            factors=self.second_factor_count,
            groups=self.groups_count,
        )

    def action_cancel(self):
        """The agent stays; tickets that were handed over stay where they are."""
        self._check_state("draft", "notified", "handed_over")
        self.state = "cancelled"
        self._record("cancelled")
        return True

    # HELPERS

    def _check_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for replacement in self:
            if replacement.state not in states:
                raise UserError(self.env._("This step does not come now: %s.", labels[replacement.state]))

    def _record(self, step, **data):
        self.env["helpdesk.event"]._record(
            [
                {
                    "kind": "replacement",
                    "target_user_id": one.user_id.id,
                    "data": {"replacement": one.id, "step": step, **data},
                }
                for one in self
            ]
        )
