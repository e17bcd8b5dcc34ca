from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import roster, staffing

SUPERVISOR_GROUP = "kemenkes_helpdesk.group_supervisor"


class HelpdeskRoster(models.Model):
    """The plan against the need, half hour by half hour."""

    _inherit = "helpdesk.roster"

    @api.model
    def get_coverage(self, site_id=False, day=False):
        """A day of a site: agents planned and needed in each half hour, and how many each shift should have.

        :param int site_id: default: the first site of the account that has shifts
        :param str day: ``YYYY-MM-DD`` at the site; default: today
        :return: dict for the screen "Need and plan"; {} when no site has shifts
        """
        sites = self.env["helpdesk.shift"].search([]).site_id
        site = sites.filtered(lambda one: one.id == site_id) or sites[:1]
        if not site:
            return {}
        day = fields.Date.to_date(day) or roster.local_day(fields.Datetime.now(), site.timezone)
        need = self.env["helpdesk.staffing"]._need_of(site, day.weekday())
        return {
            "sites": [{"id": one.id, "name": one.name} for one in sites],
            "site_id": site.id,
            "day": fields.Date.to_string(day),
            "day_name": self.env["helpdesk.shift.assignment"]._day(day),
            "labels": [f"{slot // 2:02}:{slot % 2 * 30:02}" for slot in range(staffing.SLOTS)],
            "need": need,
            "planned": self._planned(site, day),
            "shifts": self._propose(site, day, need),
            "may_apply": self.env.user.has_group(SUPERVISOR_GROUP),
            "calculated": bool(any(need)),
        }

    @api.model
    def _planned(self, site, day):
        """Agents on duty in each half hour of a day of the site, night shifts of the day before too."""
        start = roster.shift_times(day, 0, 0, site.timezone)[0]
        duties = self.env["helpdesk.shift.assignment"].search(
            [
                ("site_id", "=", site.id),
                ("user_id", "!=", False),
                ("start_date", "<", start + timedelta(days=1)),
                ("stop_date", ">", start),
            ]
        )
        planned = [0] * staffing.SLOTS
        for duty in duties:
            for slot in range(staffing.SLOTS):
                begin = start + timedelta(seconds=slot * staffing.SLOT_SECONDS)
                if duty.start_date < begin + timedelta(seconds=staffing.SLOT_SECONDS) and duty.stop_date > begin:
                    planned[slot] += 1
        return planned

    @api.model
    def _propose(self, site, day, need):
        shifts = {shift.id: (shift.start_hour, shift.hours) for shift in site.shift_ids}
        proposed, _missing = staffing.propose(need, shifts)
        counts = dict(
            self.env["helpdesk.shift.assignment"]._read_group(
                [("site_id", "=", site.id), ("date", "=", day), ("user_id", "!=", False)], ["shift_id"], ["__count"]
            )
        )
        peaks = self._proposed_peaks(site)
        return [
            {
                "id": shift.id,
                "name": shift.display_name,
                "planned": counts.get(shift, 0),
                "proposed": proposed[shift.id],
                "peak": peaks[shift.id],
                "minimum": shift.minimum_agents,
            }
            for shift in site.shift_ids
        ]

    @api.model
    def _proposed_peaks(self, site):
        """``{shift: most agents proposed on any weekday}``"""
        shifts = {shift.id: (shift.start_hour, shift.hours) for shift in site.shift_ids}
        peaks = dict.fromkeys(shifts, 0)
        for weekday in range(roster.DAYS_OF_A_WEEK):
            proposed, _missing = staffing.propose(self.env["helpdesk.staffing"]._need_of(site, weekday), shifts)
            for shift, agents in proposed.items():
                peaks[shift] = max(peaks[shift], agents)
        return peaks

    @api.model
    def apply_proposal(self, site_id):
        """Make what the busiest weekday needs the fewest agents of each shift of a site, at least one.

        :raise AccessError: not a supervisor
        """
        if not self.env.user.has_group(SUPERVISOR_GROUP):
            raise AccessError(self.env._("Supervisors set how many agents a shift needs."))
        site = self.env["helpdesk.site"].browse(site_id)
        peaks = self._proposed_peaks(site)
        for shift in site.shift_ids:
            peak = max(1, peaks[shift.id])
            most = shift.maximum_agents and max(shift.maximum_agents, peak)
            shift.write({"minimum_agents": peak, "maximum_agents": most})
