import re

from odoo import models

from .helpdesk_site import FLOOR

FLOOR_CHANNEL = re.compile(r"helpdesk\.floor_([1-9][0-9]{0,8})")


class IrWebsocket(models.AbstractModel):
    """Who may listen to a floor: team leaders and above, of their own sites; operation managers, of all."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        asked = {}
        for channel in channels:
            if isinstance(channel, str) and (match := FLOOR_CHANNEL.fullmatch(channel)):
                asked[channel] = int(match[1])
        others = [channel for channel in channels if not isinstance(channel, str) or channel not in asked]
        sites = self.env.user._floor_sites().filtered(lambda site: site.id in asked.values()) if asked else []
        return super()._build_bus_channel_list([*others, *((site, FLOOR) for site in sites)])
