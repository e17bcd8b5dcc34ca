import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.kemenkes_helpdesk.personal_fields import HandleChar, PersonalName, PersonalText

STATES = [
    ("requested", "Being connected"),
    ("ringing", "Ringing"),
    ("talking", "Talking"),
    ("held", "On hold"),
    ("ended", "Ended"),
    ("missed", "Missed"),
    ("failed", "Not connected"),
]
LIVE_STATES = ("requested", "ringing", "talking", "held")
MAX_MINUTES = 12 * 60


class HelpdeskCall(models.Model):
    """A telephone call with a customer: as the telephone system told it, or written down by an agent.

    Calls of a telephone system are written by the inbox only; agents write their own manual ones.
    """

    _name = "helpdesk.call"
    _description = "Call"
    _inherit = ["helpdesk.personal.mixin"]
    _order = "start_date desc, id desc"

    channel_id = fields.Many2one(
        "helpdesk.channel",
        "Telephone line",
        required=True,
        ondelete="restrict",
        domain=[("kind", "=", "call")],
        default=lambda self: self.env["helpdesk.channel"].search([("kind", "=", "call")], limit=1),
    )
    external_id = fields.Char("Id at the telephone system", readonly=True, copy=False)
    is_manual = fields.Boolean("Entered by hand", default=True, readonly=True)
    direction = fields.Selection([("in", "Incoming"), ("out", "Outgoing")], required=True, default="in")
    state = fields.Selection(STATES, required=True, default="ended")
    number = HandleChar("Customer's number", help="In international form.")
    caller_name = PersonalName("Name at the telephone system", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null")
    ticket_id = fields.Many2one("helpdesk.ticket", index="btree_not_null", ondelete="restrict")
    user_id = fields.Many2one("res.users", "Agent", default=lambda self: self.env.user, index="btree_not_null")
    product_id = fields.Many2one("helpdesk.product", compute="_compute_place", store=True, precompute=True)
    site_id = fields.Many2one("helpdesk.site", compute="_compute_place", store=True, precompute=True)
    team_id = fields.Many2one("helpdesk.team", compute="_compute_place", store=True, precompute=True)
    line = fields.Char("Our number", readonly=True)
    queue = fields.Char(readonly=True)
    ivr_path = fields.Char("Keys pressed", readonly=True)
    extension = fields.Char(readonly=True)

    start_date = fields.Datetime("Started", required=True, default=fields.Datetime.now)
    answer_date = fields.Datetime("Answered", readonly=True)
    end_date = fields.Datetime("Ended", readonly=True)
    wait_seconds = fields.Integer("Waiting", readonly=True, aggregator="avg")
    talk_seconds = fields.Integer("Talk time", aggregator="avg", help="Without the time on hold.")
    talk_minutes = fields.Float(
        "Talked (minutes)", compute="_compute_talk_minutes", inverse="_inverse_talk_minutes", digits=(6, 1)
    )
    hold_seconds = fields.Integer("On hold for", readonly=True, aggregator="avg")
    hold_date = fields.Datetime(readonly=True, help="Since when the call is on hold.")
    wrap_up_seconds = fields.Integer("Wrap-up", readonly=True, aggregator="avg")
    wrap_up_date = fields.Datetime("Wrap-up done", readonly=True)
    reason = fields.Char(readonly=True, help="Why it ended or was missed, in the words of the telephone system.")
    is_end_unknown = fields.Boolean(
        "End not told", readonly=True, help="The telephone system never told of the end: how long it took is not known."
    )
    is_announced = fields.Boolean("Recording announced", readonly=True, help="The caller was told of the recording.")
    answered_percent = fields.Float("Answered (%)", compute="_compute_answered", store=True, aggregator="avg")

    note = PersonalText("What it was about")
    tag_ids = fields.Many2many("helpdesk.tag", string="Tags")
    recording_ids = fields.One2many("helpdesk.call.recording", "call_id", "Recordings", readonly=True)
    transcript_ids = fields.One2many("helpdesk.call.transcript", "call_id", "Transcripts", readonly=True)

    # how far the steps of the telephone system have been followed
    step = fields.Float(readonly=True, digits=False)
    message_id = fields.Many2one("mail.message", readonly=True, index="btree_not_null", ondelete="set null")

    _external_unique = models.UniqueIndex("(channel_id, external_id) WHERE external_id IS NOT NULL")
    _start_idx = models.Index("(start_date DESC, id DESC)")
    _live_idx = models.Index("(user_id, start_date) WHERE state IN ('requested', 'ringing', 'talking', 'held')")
    _missed_idx = models.Index("(start_date DESC) WHERE state = 'missed'")

    @api.depends("ticket_id.product_id", "ticket_id.site_id", "ticket_id.team_id", "channel_id")
    def _compute_place(self):
        """Who may see it: as its ticket; before there is one, as its line."""
        for call in self:
            place = call.ticket_id or call.channel_id
            call.product_id, call.site_id, call.team_id = place.product_id, place.site_id, place.team_id

    @api.depends("talk_seconds")
    def _compute_talk_minutes(self):
        for call in self:
            call.talk_minutes = call.talk_seconds / 60

    def _inverse_talk_minutes(self):
        for call in self:
            call.talk_seconds = round(call.talk_minutes * 60)

    @api.depends("state", "direction")
    def _compute_answered(self):
        for call in self:
            call.answered_percent = 100.0 if call.state in ("talking", "held", "ended") else 0.0

    @api.depends("direction", "state", "start_date", "partner_id", "number")
    @api.depends_context("uid", "tz")
    def _compute_display_name(self):
        for call in self:
            label = call._label()
            moment = fields.Datetime.context_timestamp(call, call.start_date) if call.start_date else None
            call.display_name = f"{label} · {moment:%d/%m/%Y %H:%M}" if moment else label

    def _label(self):
        """Incoming, outgoing, missed or tried, in a word."""
        if self.direction == "out":
            if self.state in ("missed", "failed"):
                return self.env._("Call not answered")
            return self.env._("Outgoing call")
        return self.env._("Missed call") if self.state == "missed" else self.env._("Incoming call")

    def _is_revealed(self):
        return bool(self.ticket_id) and self.ticket_id._is_revealed()

    @api.model
    def _clean_number(self, number):
        """A number in international form, also where no list of number ranges knows it; ``""`` for none.

        :param str number: as somebody or a telephone system wrote it
        """
        known = self.env["helpdesk.identity"]._normalize_handle("phone", number or "") or number or ""
        written = re.sub(r"[\s().-]", "", known)
        return written if re.fullmatch(r"\+[1-9]\d{5,14}", written) else ""

    # CALLS WRITTEN DOWN BY HAND

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        by_hand = calls.filtered("is_manual")
        by_hand._check_manual()
        by_hand._complete_manual()
        return calls

    def write(self, vals):
        result = super().write(vals)
        if {"start_date", "talk_seconds", "direction", "state", "note", "ticket_id"} & vals.keys():
            by_hand = self.filtered(lambda call: call.is_manual and call.sudo().message_id)
            by_hand._check_manual()
            by_hand._set_end()
            by_hand._show_on_ticket()
        return result

    def _check_manual(self):
        """Not more than an agent may say of a call.

        :raise UserError: a time that can't be
        :raise AccessError: a ticket that the account may not write on
        """
        if not self.env.su:
            self.ticket_id.check_access("write")
        for call in self:
            if call.talk_seconds < 0:
                raise UserError(self.env._("A call takes some time, or none."))
            if call.start_date > fields.Datetime.now() + timedelta(minutes=1):
                raise UserError(self.env._("The call is still to come: write down one that was."))
            if call.talk_seconds > MAX_MINUTES * 60:
                raise UserError(self.env._("No call takes longer than %s hours.", MAX_MINUTES // 60))
            if call.state not in ("ended", "missed"):
                raise UserError(self.env._("A call that is written down has ended or was missed."))

    def _complete_manual(self):
        """Number in one form, customer and ticket found or made; the ticket tells of the call."""
        for call in self:
            number = self._clean_number(call.number)
            if call.number and not number:
                raise UserError(self.env._("%s is no telephone number.", call.number))
            # sudo: what follows from an agent's own call: its customer, and its ticket
            call.sudo().write({"number": number, "partner_id": (call.partner_id or call.ticket_id.partner_id).id})
        self._set_end()
        # sudo: as above
        self.sudo()._follow()

    def _set_end(self):
        for call in self.sudo():  # sudo: times follow from what the agent wrote
            talk = call.talk_seconds if call.state == "ended" else 0
            call.end_date = call.start_date + timedelta(seconds=talk)
            call.answer_date = call.start_date if call.state == "ended" else False

    def action_open_ticket(self):
        """The ticket that the call stands on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id._survivor().id,
            "views": [(False, "form")],
        }
