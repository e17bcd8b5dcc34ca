import time

from odoo.http import request

from odoo.addons.kemenkes_helpdesk.controllers.devices import Devices

# As long as Odoo believes a password that was just given.
CHECKED_SECONDS = 10 * 60


class CheckedDevices(Devices):
    """Who found a screen unlocked does not sign its owner's other devices out."""

    def _revoke(self, devices):
        checked = request.session.get("identity-check-last", 0) > time.time() - CHECKED_SECONDS
        if not checked and devices.filtered(lambda device: not device.is_current):
            return request.redirect_query("/auth-timeout/check-identity", {"redirect": "/my/devices"})
        return super()._revoke(devices)
