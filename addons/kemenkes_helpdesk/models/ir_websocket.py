import re

from odoo import models

from .helpdesk_ticket_live import WATCHERS_CHANNEL
from .helpdesk_workspace_live import SUBCHANNEL

TICKET_CHANNEL = re.compile(rf"{re.escape(WATCHERS_CHANNEL)}_(\d{{1,18}})")
WORKSPACE_CHANNEL = "helpdesk.workspace"


class IrWebsocket(models.AbstractModel):
    """Browsers ask to hear of the tickets they show and of their queues; they hear of what they may read."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = {
            channel: found
            for channel in channels
            if isinstance(channel, str) and (found := TICKET_CHANNEL.fullmatch(channel))
        }
        others = [channel for channel in channels if channel not in asked]
        if WORKSPACE_CHANNEL in others:
            others.remove(WORKSPACE_CHANNEL)
            others += [(place, SUBCHANNEL) for place in self._places_to_watch()]
        ids = [int(found[1]) for found in asked.values()]
        return super()._build_bus_channel_list([*others, *self._tickets_to_watch(ids)])

    def _tickets_to_watch(self, ticket_ids):
        """The tickets among those asked for that the user may hear of."""
        tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
        return tickets.exists()._filtered_access("read") if self.env.user._is_internal() else tickets.browse()

    def _places_to_watch(self):
        """The user, and the user's own teams; all that the user's sites have for those who belong to none."""
        user = self.env.user
        if not user._is_internal() or not user._is_admitted():
            return []
        teams = user.helpdesk_team_ids or self.env["helpdesk.team"].search(
            [("site_id", "in", user.helpdesk_site_ids.ids)]
        )
        return [user, *teams]
