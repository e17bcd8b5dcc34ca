from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class Devices(CustomerPortal):
    """The devices on which an account is logged in, for employees and portal users alike; each can be signed out."""

    @http.route("/my/devices", type="http", auth="user", website=True, methods=["GET"])
    def list_devices(self, **_params):
        values = {
            "page_name": "devices",
            "devices": self._own_devices(),
            "signed_out": request.session.pop("signed_out", 0),
        }
        return request.render("kemenkes_helpdesk.devices_page", values)

    @http.route("/my/devices/<int:device_id>/revoke", type="http", auth="user", website=True, methods=["POST"])
    def revoke_device(self, device_id, **_params):
        device = self._own_devices().filtered(lambda own: own.id == device_id)
        if not device:
            raise NotFound
        return self._revoke(device)

    @http.route("/my/devices/revoke_others", type="http", auth="user", website=True, methods=["POST"])
    def revoke_other_devices(self, **_params):
        return self._revoke(self._own_devices().filtered(lambda own: not own.is_current))

    def _own_devices(self):
        # sudo: portal users have no right on the model, and everybody may know their own devices
        devices = request.env["res.device"].sudo().search([("user_id", "=", request.env.uid)])
        return devices.sorted(lambda device: not device.is_current)

    def _revoke(self, devices):
        here = bool(devices.filtered("is_current"))
        if devices:
            devices._revoke()
        if here:
            return request.redirect("/web/login")
        request.session["signed_out"] = len(devices)
        return request.redirect("/my/devices")
