import uuid

from odoo import api, fields, models
from odoo.tools import email_normalize

from .helpdesk_stage import STAGE_KINDS
from .helpdesk_team import TIERS

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]


class HelpdeskTicket(models.Model):
    """One customer's one problem, whatever channel it came by; its thread is the conversation."""

    _name = "helpdesk.ticket"
    _description = "Helpdesk Ticket"
    _inherit = ["portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["search_reference", "search_subject", "search_customer"]
    _mail_post_access = "read"
    _primary_email = "partner_email"

    ticket_ref = fields.Char("Reference", required=True, readonly=True, copy=False, default="/")
    name = fields.Char("Subject", required=True)
    description = fields.Text(help="What the customer wants, in plain text.")
    active = fields.Boolean(default=True)

    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null")
    partner_name = fields.Char(
        "Customer's name", compute="_compute_partner_fields", store=True, readonly=False, precompute=True
    )
    partner_email = fields.Char(
        "Customer's e-mail", compute="_compute_partner_fields", store=True, readonly=False, precompute=True
    )
    partner_email_normalized = fields.Char(
        compute="_compute_partner_email_normalized", store=True, precompute=True, index="btree_not_null"
    )
    partner_phone = fields.Char(
        "Customer's phone", compute="_compute_partner_fields", store=True, readonly=False, precompute=True
    )
    partner_phone_normalized = fields.Char(
        compute="_compute_partner_phone_normalized",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="E.164, a national number taken as Indonesian.",
    )
    email_cc = fields.Char("Copy to")

    team_id = fields.Many2one("helpdesk.team", required=True, default=lambda self: self._default_team())
    user_id = fields.Many2one("res.users", "Agent", domain="[('share', '=', False)]")
    tier = fields.Selection(TIERS, compute="_compute_tier", store=True, precompute=True)
    site_id = fields.Many2one(
        "helpdesk.site", compute="_compute_site_id", store=True, readonly=False, precompute=True, required=True
    )
    product_id = fields.Many2one("helpdesk.product")
    category_id = fields.Many2one("helpdesk.category", ondelete="restrict")
    tag_ids = fields.Many2many("helpdesk.tag", "helpdesk_ticket_tag_rel", "ticket_id", "tag_id", string="Tags")
    channel_id = fields.Many2one("helpdesk.channel", index="btree_not_null")
    channel_kind = fields.Selection(related="channel_id.kind")
    priority = fields.Selection(PRIORITIES, required=True, default="1")
    stage_id = fields.Many2one(
        "helpdesk.stage",
        required=True,
        default=lambda self: self.env["helpdesk.stage"]._get_by_kind("new"),
        group_expand="_read_group_stage_ids",
        domain="['|', ('team_ids', '=', False), ('team_ids', '=', team_id)]",
        copy=False,
    )
    stage_kind = fields.Selection(
        STAGE_KINDS,
        "Stage kind",
        compute="_compute_stage_kind",
        store=True,
        precompute=True,
        required=True,  # also for the database: "not solved" finds its index only where nothing is empty
    )
    properties = fields.Properties(definition="team_id.properties_definition")
    color = fields.Integer()
    lead_id = fields.Many2one("crm.lead", copy=False, index="btree_not_null")
    merged_into_id = fields.Many2one("helpdesk.ticket", readonly=True, copy=False, index="btree_not_null")
    merged_ids = fields.One2many("helpdesk.ticket", "merged_into_id", "Merged tickets", context={"active_test": False})
    parent_id = fields.Many2one("helpdesk.ticket", "Incident", readonly=True, copy=False, index="btree_not_null")
    child_ids = fields.One2many("helpdesk.ticket", "parent_id", "Tickets of the incident")
    previous_id = fields.Many2one("helpdesk.ticket", "Follows", readonly=True, copy=False, index="btree_not_null")
    escalation_ids = fields.One2many("helpdesk.escalation", "ticket_id", "Escalations")

    next_due_date = fields.Datetime(readonly=True, copy=False, help="Earliest due time that is still open.")
    assign_date = fields.Datetime(readonly=True, copy=False)
    last_customer_message_date = fields.Datetime(readonly=True, copy=False)
    last_agent_message_date = fields.Datetime(readonly=True, copy=False)
    close_date = fields.Datetime(readonly=True, copy=False)

    _ticket_ref_unique = models.UniqueIndex("(ticket_ref)", "Another ticket already has this reference.")
    _not_own_survivor = models.Constraint(
        "CHECK(merged_into_id IS NULL OR merged_into_id != id)", "A ticket can't be merged into itself."
    )
    _stage_idx = models.Index("(stage_id, id)")
    _open_idx = models.Index("(id) WHERE stage_kind NOT IN ('solved', 'closed')")
    _team_open_idx = models.Index("(team_id, id) WHERE stage_kind NOT IN ('solved', 'closed')")
    _user_open_idx = models.Index("(user_id, id) WHERE stage_kind NOT IN ('solved', 'closed')")
    _user_idx = models.Index("(user_id, id)")
    _team_idx = models.Index("(team_id, id)")
    _product_idx = models.Index("(product_id, id)")
    _site_idx = models.Index("(site_id, id)")
    _category_idx = models.Index("(category_id, id)")
    _create_date_idx = models.Index("(create_date)")
    _write_date_idx = models.Index("(write_date, id)")
    _due_idx = models.Index("(next_due_date) WHERE next_due_date IS NOT NULL")

    # DEFAULTS AND COMPUTES

    @api.model
    def _default_team(self):
        return self.env.user.helpdesk_team_ids[:1] or self.env["helpdesk.team"].search([], limit=1)

    @api.depends("partner_id")
    def _compute_partner_fields(self):
        for ticket in self:
            partner = ticket.partner_id
            ticket.partner_name = partner.name or ticket.partner_name
            ticket.partner_email = partner.email or ticket.partner_email
            ticket.partner_phone = partner.phone or ticket.partner_phone

    @api.depends("partner_email")
    def _compute_partner_email_normalized(self):
        for ticket in self:
            ticket.partner_email_normalized = email_normalize(ticket.partner_email) or False

    @api.depends("partner_phone")
    def _compute_partner_phone_normalized(self):
        for ticket in self:
            ticket.partner_phone_normalized = self.env["helpdesk.identity"]._normalize_handle(
                "phone", ticket.partner_phone
            )

    @api.depends("team_id")
    def _compute_tier(self):
        for ticket in self:
            ticket.tier = ticket.team_id.tier

    @api.depends("team_id")
    def _compute_site_id(self):
        for ticket in self:
            # escalation to another site's team leaves the ticket with the site that owes the answer
            ticket.site_id = ticket.site_id or ticket.team_id.site_id

    @api.depends("stage_id")
    def _compute_stage_kind(self):
        for ticket in self:
            ticket.stage_kind = ticket.stage_id.kind

    def _compute_access_url(self):
        super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    @api.depends("ticket_ref", "name", "partner_name")
    @api.depends_context("helpdesk_name_customer")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = f"[{ticket.ticket_ref}] {ticket.name}"
            if self.env.context.get("helpdesk_name_customer") and ticket.partner_name:
                ticket.display_name += f" · {ticket._shown('partner_name')}"

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        team_id = self.env.context.get("default_team_id")
        if not team_id:
            return stages.search([("team_ids", "=", False)]) | stages
        return stages.search(["|", ("team_ids", "=", False), ("team_ids", "=", team_id)]) | stages

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super(HelpdeskTicket, self.with_context(mail_create_nosubscribe=True, mail_create_nolog=True)).create(
            self._complete_values(vals_list)
        )
        tickets = tickets.with_env(self.env)
        tickets._log_created()
        return tickets

    @api.model
    def _complete_values(self, vals_list):
        """Reference, first stage and link token for a batch: as field defaults each ticket would ask for its own."""
        first_stage = self.env["helpdesk.stage"]._get_by_kind("new")
        completed = [
            {"stage_id": first_stage.id, "access_token": str(uuid.uuid4()), "ticket_ref": "/", **vals}
            for vals in vals_list
        ]
        unnumbered = [vals for vals in completed if vals["ticket_ref"] == "/"]
        sequence_id = self.env["ir.model.data"]._xmlid_to_res_id("kemenkes_helpdesk.sequence_ticket")
        # sudo: numbers are for everyone who may create a ticket
        sequence = self.env["ir.sequence"].sudo().browse(sequence_id)
        for vals, reference in zip(unnumbered, sequence._next_batch(len(unnumbered)), strict=True):
            vals["ticket_ref"] = reference
        for vals in completed:
            if vals.get("user_id"):
                vals.setdefault("assign_date", fields.Datetime.now())
        return completed

    def write(self, vals):
        if "stage_id" in vals:
            self._check_stage_is_own()
        before, addresses = self._snapshot_for_log(vals), self._snapshot_for_link(vals)
        if vals.get("user_id") and "assign_date" not in vals:
            vals = {**vals, "assign_date": fields.Datetime.now()}
        result = super().write(vals)
        self._log_changes(before)
        self._renew_passed_on_links(addresses)
        return result
