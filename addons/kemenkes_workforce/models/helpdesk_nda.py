import base64
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

STATUSES = [
    ("draft", "Not signed yet"),
    ("upcoming", "Begins later"),
    ("valid", "Valid"),
    ("ending", "Ends soon"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
]
# An agreement that opens tickets.
OPEN_STATUSES = ("valid", "ending")
# What a scan of a signed paper is; the first bytes tell, not the name.
DOCUMENT_KINDS = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
DOCUMENT_MAX_BYTES = 10 * 1024 * 1024
# Once signed, these are what was signed.
SIGNED_FIELDS = {"user_id", "site_id", "signatory", "signed_date", "valid_from", "valid_to", "document"}
ENDS_SOON_DAYS = 30


class HelpdeskNda(models.Model):
    """A confidentiality agreement of an account: signed document, and the days on which it holds (R8, R9).

    It holds from midnight of its first day to midnight after its last one, by the clock of its site. What that means
    for tickets is said in ``res.users``.
    """

    _name = "helpdesk.nda"
    _description = "Confidentiality Agreement"
    _inherit = ["mail.thread"]
    _order = "valid_to desc, id desc"

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    user_id = fields.Many2one(
        "res.users", "Account", required=True, index=True, ondelete="restrict", domain=[("helpdesk_role", "!=", False)]
    )
    role = fields.Selection(related="user_id.helpdesk_role", related_sudo=True)
    site_id = fields.Many2one(
        "helpdesk.site",
        required=True,
        index=True,
        compute="_compute_site_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Its clock says when a day of the agreement begins and ends.",
    )
    signatory = fields.Char("Signed for the provider by", tracking=True)
    signed_date = fields.Date("Signed on", tracking=True)
    valid_from = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    valid_to = fields.Date(
        "Valid until",
        required=True,
        compute="_compute_valid_to",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    document = fields.Binary("Signed document", attachment=True, copy=False)
    document_name = fields.Char(copy=False)
    state = fields.Selection(
        [("draft", "Not signed yet"), ("signed", "Signed"), ("revoked", "Revoked")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    status = fields.Selection(STATUSES, compute="_compute_status", search="_search_status")
    days_left = fields.Integer(compute="_compute_status", help="Days until it ends, today not counted.")
    revoked_date = fields.Datetime(readonly=True, copy=False)
    revoke_reason = fields.Text("Why it was revoked", readonly=True, copy=False)
    previous_id = fields.Many2one("helpdesk.nda", "Renews", readonly=True, index="btree_not_null", copy=False)
    reminded_days = fields.Integer(
        readonly=True, copy=False, default=-1, help="The last announcement of the end that went out; -1: none."
    )

    _days = models.Constraint("CHECK(valid_from <= valid_to)", "An agreement ends after it begins.")
    _valid_to_idx = models.Index("(valid_to) WHERE state = 'signed'")

    # COMPUTES

    @api.depends("user_id")
    def _compute_site_id(self):
        for nda in self:
            # sudo: where an account works is no secret from whoever writes its agreement
            nda.site_id = nda.site_id or nda.user_id.sudo().helpdesk_site_ids[:1]

    @api.depends("user_id", "valid_from")
    def _compute_valid_to(self):
        months = {rule.role: rule.validity_months for rule in self.env["helpdesk.nda.rule"].sudo().search([])}
        for nda in self.filtered("valid_from"):
            nda.valid_to = nda.valid_from + relativedelta(months=months.get(nda.role, 12), days=-1)

    @api.depends("state", "valid_from", "valid_to", "site_id")
    def _compute_status(self):
        today = self._today_by_zone(self.site_id)
        for nda in self:
            day = today.get(nda.site_id.timezone) or self.env.cr.now().date()
            nda.days_left = max(0, (nda.valid_to - day).days) if nda.valid_to else 0
            nda.status = nda._status_on(day)

    def _status_on(self, day):
        if self.state != "signed":
            return self.state
        if day < self.valid_from:
            return "upcoming"
        if day > self.valid_to:
            return "expired"
        return "ending" if (self.valid_to - day).days < ENDS_SOON_DAYS else "valid"

    @api.model
    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        signed = Domain("state", "=", "signed")
        domain = Domain("state", "in", [status for status in value if status in ("draft", "revoked")])
        # sudo: the clocks of all sites
        for zone, today in self._today_by_zone(self.env["helpdesk.site"].sudo().search([])).items():
            soon = today + timedelta(days=ENDS_SOON_DAYS)
            begun = Domain("valid_from", "<=", today)
            by_status = {
                "upcoming": Domain("valid_from", ">", today),
                "valid": begun & Domain("valid_to", ">=", soon),
                "ending": begun & Domain("valid_to", ">=", today) & Domain("valid_to", "<", soon),
                "expired": Domain("valid_to", "<", today),
            }
            wanted = Domain.OR(by_status[status] for status in value if status in by_status)
            domain |= signed & Domain("site_id.timezone", "=", zone) & wanted
        return domain

    @api.model
    def _today_by_zone(self, sites):
        """``{time zone: today there}`` at the time of the transaction."""
        now = self.env.cr.now().replace(tzinfo=ZoneInfo("UTC"))
        # sudo: the clock of a site is no secret
        return {zone: now.astimezone(ZoneInfo(zone)).date() for zone in set(sites.sudo().mapped("timezone")) if zone}

    def _window(self):
        """When the agreement holds: ``(start, end)``, naive UTC, the end not included."""
        # sudo: asked of any account, for its rights
        zone = ZoneInfo(self.sudo().site_id.timezone)

        def midnight(day):
            return datetime.combine(day, time.min, zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

        return midnight(self.valid_from), midnight(self.valid_to + timedelta(days=1))

    # CHANGES

    @api.constrains("document")
    def _check_document(self):
        for nda in self.filtered("document"):
            content = base64.b64decode(nda.document)
            if len(content) > DOCUMENT_MAX_BYTES:
                raise ValidationError(self.env._("The document has more than 10 megabytes."))
            if not content.startswith(DOCUMENT_KINDS):
                raise ValidationError(self.env._("The signed document is a PDF, or a picture (PNG, JPEG)."))

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"]
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                # sudo: whoever may write an agreement may have a number for it
                vals["name"] = numbers.sudo().next_by_code("helpdesk.nda")
        return super().create(vals_list)

    def write(self, vals):
        if SIGNED_FIELDS & vals.keys() and any(nda.state != "draft" for nda in self):
            raise UserError(self.env._("What was signed stays as it was signed. Revoke the agreement, or renew it."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(nda.state != "draft" for nda in self):
            raise UserError(self.env._("A signed agreement is kept. Revoke it if it shall no longer hold."))

    def action_sign(self):
        """The document is signed and filed: from its first day on it opens tickets.

        :raise UserError: document, signatory or the day of signing are missing
        """
        for nda in self:
            missing = [
                nda._fields[name]._description_string(self.env)
                for name in ("document", "signatory", "signed_date")
                if not nda[name]
            ]
            if missing:
                raise UserError(self.env._("Still missing: %s.", ", ".join(missing)))
        self.filtered(lambda nda: nda.state == "draft").state = "signed"
        self._changed("signed")

    def action_renew(self):
        """A new agreement that follows this one without a gap.

        :return: the action that opens it
        """
        self.ensure_one()
        first = max(self.valid_to + timedelta(days=1), *self._today_by_zone(self.site_id).values())
        following = self.create(
            {
                "user_id": self.user_id.id,
                "site_id": self.site_id.id,
                "signatory": self.signatory,
                "valid_from": first,
                "previous_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": following.id,
            "view_mode": "form",
            "name": self.env._("Renewal"),
        }

    def _revoke(self, reason):
        """End agreements at once.

        :param str reason: for whoever asks later
        :raise UserError: no reason, or one that was not signed
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the agreement is revoked."))
        if any(nda.state != "signed" for nda in self):
            raise UserError(self.env._("Only a signed agreement can be revoked."))
        self.write({"state": "revoked", "revoke_reason": reason.strip(), "revoked_date": self.env.cr.now()})
        self._changed("revoked")

    def _changed(self, what):
        """What opens or shuts tickets holds at once in all workers, and is in the ledger."""
        self.flush_recordset()
        self.env.registry.clear_cache()
        self.env["helpdesk.event"]._record(
            [
                {"kind": "nda_changed", "target_user_id": nda.user_id.id, "data": {"nda": nda.id, "state": what}}
                for nda in self
            ]
        )
