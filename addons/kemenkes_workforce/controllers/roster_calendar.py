from datetime import timedelta

import pytz
import vobject

from odoo import fields, http
from odoo.http import request

# A phone's calendar needs no more of the past.
PAST_DAYS = 31


class RosterCalendar(http.Controller):
    """An agent's shifts for the calendar of their phone."""

    @http.route("/helpdesk/roster/my-shifts.ics", type="http", auth="user", methods=["GET"], readonly=True)
    def download_my_shifts(self, **_params):
        """The published shifts of who is logged in, a month back and everything to come, as iCalendar (RFC 5545)."""
        duties = request.env["helpdesk.shift.assignment"].search(
            [
                ("user_id", "=", request.env.uid),
                ("state", "=", "published"),
                ("date", ">=", fields.Date.today() - timedelta(days=PAST_DAYS)),
            ],
            order="start_date",
        )
        return request.make_response(
            self._write(duties),
            [
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", 'attachment; filename="my-shifts.ics"'),
                ("Cache-Control", "no-store"),
            ],
        )

    def _write(self, duties):
        calendar = vobject.iCalendar()
        calendar.add("prodid").value = "-//Kemenkes Helpdesk//Roster//EN"
        for duty in duties:
            event = calendar.add("vevent")
            # the same duty replaces itself when it is imported again
            event.add("uid").value = f"helpdesk-duty-{duty.id}@{request.httprequest.host.partition(':')[0]}"
            event.add("dtstamp").value = duty.write_date.replace(microsecond=0, tzinfo=pytz.utc)
            event.add("dtstart").value = duty.start_date.replace(tzinfo=pytz.utc)
            event.add("dtend").value = duty.stop_date.replace(tzinfo=pytz.utc)
            event.add("summary").value = duty.shift_id.name
            event.add("location").value = duty.site_id.name
            if duty.note:
                event.add("description").value = duty.note
        return calendar.serialize()
