from odoo import models


class HelpdeskChannel(models.Model):
    """The other application at the service to which conversations may be passed."""

    _inherit = "helpdesk.channel"

    def _handover_target(self):
        """Its id or role at the service; ``""`` where there is none, or where the service passes nothing on."""
        self.ensure_one()
        if not self.env["helpdesk.moderation"]._can(self, "pass_control"):
            return ""
        return str(self._account().options.get("handover_to") or "")
