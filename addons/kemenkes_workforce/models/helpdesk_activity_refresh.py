from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

# An interval is looked for so long before the day it reaches into: nobody is at work for longer at a stretch.
REACH = "2 days"
# The last handling time that is in the report; later rows may be corrections of days long past.
HANDLING_MARK = "kemenkes_workforce.activity_handling_id"
DAYS_AT_ONCE = 31


class HelpdeskActivity(models.Model):
    """How the rows are made, in SQL: some days at a time, all agents at once, always from the source."""

    _inherit = "helpdesk.activity"

    @api.model
    def _cron_refresh(self):
        """Bring the report up to date: today and yesterday, and days whose handling times were corrected."""
        today = self._latest_day()
        self._refresh(sorted({today - timedelta(days=1), today, *self._corrected_days()}))

    @api.model
    def _latest_day(self):
        """Today where the day begins first: it is a day already in Papua when it is still yesterday in Jakarta."""
        # sudo: the clocks of all sites
        zones = {HOME_ZONE, *self.env["helpdesk.site"].sudo().search([]).mapped("timezone")}
        now = self.env.cr.now().replace(tzinfo=ZoneInfo("UTC"))
        return max(now.astimezone(ZoneInfo(zone)).date() for zone in zones)

    @api.model
    def _corrected_days(self):
        """Days of the handling times that were written since the last time this was asked."""
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: a mark of this job's own
        last = int(parameters.get_param(HANDLING_MARK, 0))
        [[newest]] = self.env.execute_query(SQL("SELECT COALESCE(max(id), 0) FROM helpdesk_handling"))
        parameters.set_param(HANDLING_MARK, newest)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT date FROM helpdesk_handling WHERE id > %s AND id <= %s", last, newest)
        )
        return [day for (day,) in rows]

    @api.model
    def _rebuild(self, first, last):
        """Make all rows of a stretch of days again from the source.

        :param date first: day at the sites
        :param date last: day at the sites, included
        """
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        for start in range(0, len(days), DAYS_AT_ONCE):
            self._refresh(days[start : start + DAYS_AT_ONCE])

    @api.model
    def _refresh(self, days):
        """Make the rows of some days again, for all agents.

        :param list days: of dates, at the sites
        """
        if not days:
            return
        self.env.flush_all()
        for table in ("helpdesk_activity", "helpdesk_activity_status"):
            self.env.cr.execute(SQL("DELETE FROM %s WHERE date = ANY(%s)", SQL.identifier(table), days))
        self.env.cr.execute(self._sql_insert_statuses(days))
        self.env.cr.execute(self._sql_insert_days(days))
        self.env.invalidate_all()

    # SQL

    @api.model
    def _sql_days(self, days):
        """``day``: for each site when each of the days begins and ends, naive UTC; no site has the home zone."""
        return SQL(
            """
            zone AS (
                SELECT id AS site_id, timezone FROM helpdesk_site UNION ALL SELECT NULL, %(home)s
            ),
            day AS (
                SELECT zone.site_id, wanted.date,
                       (wanted.date::timestamp AT TIME ZONE zone.timezone) AT TIME ZONE 'UTC' AS starts,
                       ((wanted.date + 1)::timestamp AT TIME ZONE zone.timezone) AT TIME ZONE 'UTC' AS ends
                  FROM zone CROSS JOIN unnest(%(days)s::date[]) AS wanted(date)
            )
            """,
            home=HOME_ZONE,
            days=days,
        )

    @api.model
    def _sql_insert_statuses(self, days):
        return SQL(
            """
            WITH %(day)s
            INSERT INTO helpdesk_activity_status
                   (date, user_id, team_id, site_id, status_id, kind, reason_id, is_productive, seconds, times)
            SELECT day.date, spell.user_id, spell.team_id, spell.site_id, spell.status_id, spell.kind, spell.reason_id,
                   spell.is_productive,
                   sum(extract(epoch FROM LEAST(COALESCE(spell.end_date, %(now)s), day.ends)
                                        - GREATEST(spell.start_date, day.starts))),
                   count(*)
              FROM day
              JOIN helpdesk_agent_interval spell
                ON spell.site_id IS NOT DISTINCT FROM day.site_id
               AND spell.start_date >= day.starts - interval %(reach)s AND spell.start_date < LEAST(day.ends, %(now)s)
               AND COALESCE(spell.end_date, %(now)s) > day.starts
             WHERE spell.kind != 'offline'
             GROUP BY day.date, spell.user_id, spell.team_id, spell.site_id, spell.status_id, spell.kind,
                   spell.reason_id, spell.is_productive
            """,
            day=self._sql_days(days),
            now=self.env.cr.now(),
            reach=REACH,
        )

    @api.model
    def _sql_insert_days(self, days):
        """Rows from the times by status; what belongs to the agent's whole day stands in the row of most work.

        Who had a duty and did not come has a row too, or a team would seem to keep its roster by staying away.
        """
        return SQL(
            """
            WITH %(day)s,
            spent AS (
                SELECT date, user_id, team_id, site_id,
                       sum(seconds) AS work,
                       COALESCE(sum(seconds) FILTER (WHERE kind IN ('ready', 'busy', 'wrap_up')), 0) AS duty,
                       COALESCE(sum(seconds) FILTER (WHERE kind = 'wrap_up'), 0) AS wrap_up,
                       COALESCE(sum(seconds) FILTER (WHERE kind = 'break'), 0) AS break,
                       COALESCE(sum(seconds) FILTER (WHERE kind IN ('training', 'coaching')), 0) AS training,
                       COALESCE(sum(seconds) FILTER (WHERE kind = 'away'), 0) AS away,
                       COALESCE(sum(seconds) FILTER (WHERE is_productive), 0) AS productive
                  FROM helpdesk_activity_status WHERE date = ANY(%(days)s)
                 GROUP BY date, user_id, team_id, site_id
            ),
            duty AS (
                SELECT duty.* FROM (%(duties)s) duty
                 WHERE duty.date BETWEEN %(first)s::date - 2 AND %(last)s::date + 1
            ),
            place AS (
                SELECT DISTINCT ON (date, user_id) date, user_id, team_id, site_id
                  FROM (
                        SELECT date, user_id, team_id, site_id, work, 1 AS rank FROM spent
                         UNION ALL
                        SELECT date, user_id, team_id, site_id, seconds, 2 FROM helpdesk_handling
                         WHERE date = ANY(%(days)s)
                         UNION ALL
                        SELECT day.date, duty.user_id, duty.team_id, duty.site_id, 0, 3
                          FROM duty JOIN day ON day.site_id = duty.site_id
                           AND duty.starts < LEAST(day.ends, %(now)s) AND duty.ends > day.starts
                       ) known
                 ORDER BY date, user_id, rank, work DESC, team_id
            ),
            workday AS (
                SELECT place.*, day.starts, day.ends
                  FROM place JOIN day ON day.date = place.date AND day.site_id IS NOT DISTINCT FROM place.site_id
            ),
            handled AS (
                SELECT workday.date, workday.user_id,
                       sum(CASE WHEN handling.source = 'correction' THEN handling.seconds
                                ELSE extract(epoch FROM LEAST(handling.stop, workday.ends)
                                                      - GREATEST(handling.start, workday.starts)) END) AS seconds,
                       count(DISTINCT handling.ticket_id) AS tickets
                  FROM workday
                  JOIN helpdesk_handling handling
                    ON handling.user_id = workday.user_id
                   AND handling.date BETWEEN workday.date - 1 AND workday.date + 1
                   AND (handling.source = 'correction' AND handling.date = workday.date
                        OR handling.start < workday.ends AND handling.stop > workday.starts)
                 GROUP BY workday.date, workday.user_id
            ),
            counted_twice AS (
                SELECT workday.date, workday.user_id,
                       sum(extract(epoch FROM LEAST(handling.stop, COALESCE(spell.end_date, %(now)s), workday.ends)
                             - GREATEST(handling.start, spell.start_date, workday.starts))) AS seconds
                  FROM workday
                  JOIN helpdesk_agent_interval spell
                    ON spell.user_id = workday.user_id AND spell.kind = 'wrap_up'
                   AND spell.start_date >= workday.starts - interval %(reach)s AND spell.start_date < workday.ends
                   AND COALESCE(spell.end_date, %(now)s) > workday.starts
                  JOIN helpdesk_handling handling
                    ON handling.user_id = workday.user_id
                   AND handling.start < LEAST(COALESCE(spell.end_date, %(now)s), workday.ends)
                   AND handling.start >= workday.starts - interval %(reach)s
                   AND handling.stop > GREATEST(spell.start_date, workday.starts)
                 GROUP BY workday.date, workday.user_id
            ),
            logged AS (
                SELECT workday.date, workday.user_id,
                       min(session.start_date) FILTER (WHERE session.start_date >= workday.starts) AS log_in,
                       count(*) FILTER (WHERE session.start_date >= workday.starts) AS times,
                       CASE WHEN bool_and(session.end_date <= workday.ends)
                            THEN max(session.end_date) END AS log_out
                  FROM workday
                  JOIN helpdesk_agent_session session
                    ON session.user_id = workday.user_id
                   AND session.start_date >= workday.starts - interval %(reach)s
                   AND session.start_date < workday.ends
                   AND COALESCE(session.end_date, %(now)s) > workday.starts
                 GROUP BY workday.date, workday.user_id
            ),
            planned AS (%(planned)s),
            row AS (
                SELECT spent_or_place.date, spent_or_place.user_id, spent_or_place.team_id, spent_or_place.site_id,
                       COALESCE(work, 0) AS work, COALESCE(duty, 0) AS duty, COALESCE(wrap_up, 0) AS wrap_up,
                       COALESCE(break, 0) AS break, COALESCE(training, 0) AS training, COALESCE(away, 0) AS away,
                       COALESCE(productive, 0) AS productive,
                       COALESCE(handled.seconds, 0) AS handling, COALESCE(handled.tickets, 0) AS tickets,
                       LEAST(COALESCE(duty, 0),
                             COALESCE(wrap_up, 0) + GREATEST(0, COALESCE(handled.seconds, 0)
                                                                - COALESCE(counted_twice.seconds, 0))) AS busy,
                       logged.log_in, logged.log_out, COALESCE(logged.times, 0) AS log_ins,
                       COALESCE(planned.planned, 0) AS planned, COALESCE(planned.kept, 0) AS kept
                  FROM (
                        SELECT date, user_id, team_id, site_id FROM spent
                         UNION SELECT date, user_id, team_id, site_id FROM place
                       ) spent_or_place
                  LEFT JOIN spent
                    ON (spent.date, spent.user_id) = (spent_or_place.date, spent_or_place.user_id)
                   AND spent.team_id IS NOT DISTINCT FROM spent_or_place.team_id
                   AND spent.site_id IS NOT DISTINCT FROM spent_or_place.site_id
                  LEFT JOIN place
                    ON (place.date, place.user_id) = (spent_or_place.date, spent_or_place.user_id)
                   AND place.team_id IS NOT DISTINCT FROM spent_or_place.team_id
                   AND place.site_id IS NOT DISTINCT FROM spent_or_place.site_id
                  LEFT JOIN handled ON (handled.date, handled.user_id) = (place.date, place.user_id)
                  LEFT JOIN counted_twice ON (counted_twice.date, counted_twice.user_id) = (place.date, place.user_id)
                  LEFT JOIN logged ON (logged.date, logged.user_id) = (place.date, place.user_id)
                  LEFT JOIN planned ON (planned.date, planned.user_id) = (place.date, place.user_id)
            )
            INSERT INTO helpdesk_activity
                   (date, user_id, team_id, site_id, log_in_date, log_out_date, log_in_count, work_seconds,
                    duty_seconds, standby_seconds, handling_seconds, wrap_up_seconds, busy_seconds, break_seconds,
                    training_seconds, away_seconds, productive_seconds, planned_seconds, kept_seconds, ticket_count,
                    average_handling_seconds, occupancy, utilisation, adherence)
            SELECT date, user_id, team_id, site_id, log_in, log_out, log_ins, work, duty, duty - busy, handling,
                   wrap_up, busy, break, training, away, productive, planned, kept, tickets,
                   handling / NULLIF(tickets, 0), 100 * busy / NULLIF(duty, 0), 100 * busy / NULLIF(work, 0),
                   100 * kept / NULLIF(planned, 0)
              FROM row
            """,
            day=self._sql_days(days),
            days=days,
            first=min(days),
            last=max(days),
            now=self.env.cr.now(),
            reach=REACH,
            duties=self.env["helpdesk.adherence"]._sql_duties(),
            planned=self._sql_planned(),
        )

    @api.model
    def _sql_planned(self):
        """What the published roster asked for until now, and how much of it the agent was at work."""
        return SQL(
            """
            SELECT workday.date, workday.user_id,
                   sum(extract(epoch FROM LEAST(duty.ends, workday.ends, %(now)s)
                                        - GREATEST(duty.starts, workday.starts))) AS planned,
                   sum((SELECT COALESCE(sum(extract(epoch FROM LEAST(present.ends, duty.ends, workday.ends, %(now)s)
                                                - GREATEST(present.starts, duty.starts, workday.starts))), 0)
                          FROM (%(presence)s) present
                         WHERE present.user_id = workday.user_id
                           AND present.starts >= workday.starts - interval %(reach)s
                           AND present.starts < LEAST(duty.ends, workday.ends, %(now)s)
                           AND present.ends > GREATEST(duty.starts, workday.starts))) AS kept
              FROM workday
              JOIN duty
                ON duty.user_id = workday.user_id
               AND duty.starts < LEAST(workday.ends, %(now)s) AND duty.ends > workday.starts
             GROUP BY workday.date, workday.user_id
            """,
            now=self.env.cr.now(),
            reach=REACH,
            presence=self.env["helpdesk.adherence"]._sql_presence(),
        )
