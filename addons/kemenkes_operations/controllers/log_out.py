from odoo.http import request, route

from odoo.addons.web.controllers.session import Session

# What a browser says of where a request comes from, when it comes from a page of another site.
FOREIGN = ("cross-site", "same-site")


class LogOut(Session):
    """Odoo logs out by GET, which any page can make a browser send: only our own pages and the person do it."""

    @route()
    def logout(self, redirect="/odoo"):
        if request.httprequest.headers.get("Sec-Fetch-Site") in FOREIGN:
            return request.redirect("/odoo", 303)
        return super().logout(redirect=redirect)
