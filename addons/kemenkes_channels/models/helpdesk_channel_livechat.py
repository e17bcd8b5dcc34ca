from odoo import api, fields, models, tools
from odoo.fields import Command
from odoo.tools import format_datetime

from odoo.addons.kemenkes_helpdesk.tools.working_time import from_seconds, to_seconds

COLOR = "#006B77"


class HelpdeskChannel(models.Model):
    """Live chat: Odoo's widget for a site and product, its hours, and the voice that speaks while nobody does."""

    _inherit = "helpdesk.channel"

    livechat_id = fields.Many2one("im_livechat.channel", "Chat widget", readonly=True, copy=False, ondelete="restrict")
    livechat_partner_id = fields.Many2one(
        "res.partner",
        "Voice of the queue",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Odoo's live chat needs somebody on the other side: this one speaks while visitors wait for an agent.",
    )
    livechat_script = fields.Html(related="livechat_id.script_external", string="Code for the page", sanitize=False)
    livechat_page = fields.Char(related="livechat_id.web_page", string="Page to try it")
    opening_calendar_id = fields.Many2one(
        "resource.calendar",
        "Opening hours",
        domain="[('flexible_hours', '=', False)]",
        help="When visitors may wait for an agent, in the site's time zone. Empty: the site's working hours.",
    )
    mails_transcript = fields.Boolean(
        "Mail the transcript",
        default=True,
        help="When a chat with an agent ends, the visitor gets it by e-mail, if the address is known.",
    )

    _livechat_unique = models.UniqueIndex(
        "(livechat_id) WHERE livechat_id IS NOT NULL", "Another channel already has this chat widget."
    )

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels._add_livechat()
        self.env.registry.clear_cache()
        return channels

    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals:
            self._add_livechat()
            self.env.registry.clear_cache()
        if "name" in vals:
            # sudo: whoever names the channel names its widget
            self.sudo().livechat_id.name = vals["name"]
            self.sudo().livechat_partner_id.name = vals["name"]
        return result

    @api.model
    @tools.ormcache()
    def _livechat_ids(self):
        """Ids of the channels that are live chats; asked for each batch of the ledger, so kept in memory."""
        channels = self.sudo().with_context(active_test=False)
        return frozenset(channels.search([("kind", "=", "livechat")]).ids)

    def _add_livechat(self):
        """A widget, and a voice, for each channel that is a live chat."""
        words = self.with_context(lang=self.env["helpdesk.ticket"]._customer_language())
        for channel in self.sudo().filtered(lambda channel: channel.kind == "livechat" and not channel.livechat_id):
            channel.livechat_partner_id = (
                self.env["res.partner"].sudo().create({"name": channel.name, "active": False, "company_id": False})
            )
            channel.livechat_id = (
                self.env["im_livechat.channel"]
                .sudo()
                .create(
                    {
                        "name": channel.name,
                        "user_ids": [Command.clear()],  # the distribution decides, not this list
                        "button_text": words.env._("Need help? Write to us."),
                        "default_message": words.env._("Write your question, and somebody will answer you here."),
                        "header_background_color": COLOR,
                        "button_background_color": COLOR,
                    }
                )
            )

    # OPENING HOURS

    def _opening_time(self):
        self.ensure_one()
        if self.opening_calendar_id:
            return self.opening_calendar_id._working_time(self.site_id.timezone)
        return self.site_id._working_time()

    def _is_open(self):
        """Whether visitors may wait for an agent now."""
        now = to_seconds(fields.Datetime.now())
        return self._opening_time().seconds_between(now, now + 1) > 0

    def _next_opening(self, language):
        """When it opens next, in words of ``language`` and the site's time; empty where the calendar has no hours.

        :param str language: code of an installed language
        """
        end_of_first = self._opening_time().add_seconds(to_seconds(fields.Datetime.now()), 1)
        if end_of_first is None:
            return ""
        moment, zone = from_seconds(end_of_first - 1), self.site_id.timezone
        return format_datetime(self.env, moment, tz=zone, dt_format="EEEE, d MMMM, HH:mm", lang_code=language)
