from odoo import fields, models
from odoo.exceptions import UserError

from .. import providers

ACTIONS = ("hide", "unhide", "like", "unlike", "delete")


class HelpdeskChannelMessage(models.Model):
    """What agents may do to a public comment, where its service can."""

    _inherit = "helpdesk.channel.message"

    is_liked = fields.Boolean(readonly=True, help="We like it at the service.")

    def moderate(self, action):
        """Hide, show again, like or delete a comment at the service; done a moment later.

        :param str action: one of ACTIONS
        :raise UserError: the service can't do that
        """
        self.ensure_one()
        self.ticket_id.check_access("write")
        if action not in self._moderation_actions():
            raise UserError(self.env._("This service can't do that."))
        # sudo: nobody writes moderations by hand; who may answer on the ticket may do this
        self.env["helpdesk.moderation"].sudo().create({"outside_id": self.id, "action": action})
        self.ticket_id._log("note", data={"moderation": action})
        self.env.ref("kemenkes_channels.ir_cron_moderation").sudo()._trigger()

    def _moderation_actions(self):
        """What can be done to this comment now."""
        provider = providers.load(self.channel_id.kind)
        if not self.is_public or self.deleted_date or not hasattr(provider, "limits"):
            return []
        can = provider.limits(self.channel_id._account()).actions
        now = {
            "hide": not self.is_hidden,
            "unhide": self.is_hidden,
            "like": not self.is_liked,
            "unlike": self.is_liked,
            "delete": self.direction == "out",
        }
        return [action for action in ACTIONS if action in can and now[action]]

    def _to_browser(self):
        return {
            **super()._to_browser(),
            "id": self.id,
            "actions": self._moderation_actions(),
            "is_liked": self.is_liked,
        }
