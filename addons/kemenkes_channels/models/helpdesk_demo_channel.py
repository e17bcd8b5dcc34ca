from odoo import models
from odoo.tools import convert_file

FILES = (
    "chatbot_script_demo.xml",
    "helpdesk_channel_meta_demo.xml",
    "helpdesk_channel_livechat_demo.xml",
    "helpdesk_channel_store_demo.xml",
)
# Of a hundred citizens: how many wrote there half a year ago, and lately.
SHARES = {
    "whatsapp": (12, 32),
    "livechat": (4, 10),
    "instagram": (3, 6),
    "messenger": (4, 4),
    "telegram": (3, 4),
    "facebook": (4, 3),
    "x": (4, 2),
}


class HelpdeskDemo(models.AbstractModel):
    """Citizens of the past months wrote on these channels too."""

    _inherit = "helpdesk.demo"

    def _channel_shares(self):
        return {**super()._channel_shares(), **SHARES}

    def _world(self):
        """All sites answer on the channels that are here."""
        world = super()._world()
        self._open_channels()
        sites = {site_id for site_id, _kind in world.channels}
        channel_by_kind = {kind: self.env.ref(f"kemenkes_channels.demo_channel_{kind}").id for kind in SHARES}
        world.channels.update(
            {(site_id, kind): channel_id for site_id in sites for kind, channel_id in channel_by_kind.items()}
        )
        return world

    def _open_channels(self):
        """The tickets are written before this addon's own demo data."""
        for name in FILES:
            convert_file(self.env, "kemenkes_channels", f"demo/{name}", {}, mode="init", noupdate=True)
