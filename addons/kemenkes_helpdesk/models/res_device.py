from odoo import models


class ResDevice(models.Model):
    _inherit = "res.device"

    def _revoke(self):
        # before: revoking one's own device ends the session that tells who is doing it
        self.env["helpdesk.event"]._record(
            [
                {"kind": "device_revoked", "target_user_id": user.id, "data": {"count": len(devices)}}
                for user, devices in self.grouped("user_id").items()
            ]
        )
        return super()._revoke()
