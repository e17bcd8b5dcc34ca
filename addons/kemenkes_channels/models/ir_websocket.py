import re

from odoo import models

from .helpdesk_ticket_live import WATCHERS_CHANNEL

CHANNEL = re.compile(rf"{re.escape(WATCHERS_CHANNEL)}_(\d{{1,18}})")


class IrWebsocket(models.AbstractModel):
    """Browsers ask to hear of the ticket they show; they hear of those they may read."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = {
            channel: found for channel in channels if isinstance(channel, str) and (found := CHANNEL.fullmatch(channel))
        }
        others = [channel for channel in channels if channel not in asked]
        ids = [int(found[1]) for found in asked.values()]
        return super()._build_bus_channel_list([*others, *self._tickets_to_watch(ids)])

    def _tickets_to_watch(self, ticket_ids):
        """The tickets among those asked for that the user may hear of."""
        tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
        return tickets.exists()._filtered_access("read") if self.env.user._is_internal() else tickets.browse()
