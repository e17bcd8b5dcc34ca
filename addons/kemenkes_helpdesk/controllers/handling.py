from odoo.http import Controller, request, route


class Handling(Controller):
    @route("/helpdesk/handling", type="jsonrpc", auth="user")
    def report_work(self, reports=()):
        """Where browsers tell of their users' work in ticket forms.

        :param list reports: see :meth:`helpdesk.handling.sign._take_reports`
        :return: as told there
        """
        return request.env["helpdesk.handling.sign"]._take_reports(reports)
