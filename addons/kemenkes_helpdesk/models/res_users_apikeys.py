from odoo import models


class ResUsersApikeys(models.Model):
    """A key is a log-in that needs no password: making and removing one is a change of rights."""

    _inherit = "res.users.apikeys"

    def _generate(self, scope, name, expiration_date):
        key = super()._generate(scope, name, expiration_date)
        self.env["helpdesk.event"]._record(
            [{"kind": "rights_changed", "target_user_id": self.env.uid, "data": {"model": self._name, "added": 1}}]
        )
        return key

    def unlink(self):
        rows = [
            {"kind": "rights_changed", "target_user_id": key.user_id.id, "data": {"model": self._name, "removed": 1}}
            for key in self
        ]
        result = super().unlink()
        self.env["helpdesk.event"]._record(rows)
        return result
