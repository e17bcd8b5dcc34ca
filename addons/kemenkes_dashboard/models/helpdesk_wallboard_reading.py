from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import OPEN_KINDS
from odoo.addons.kemenkes_helpdesk.models.helpdesk_target import HOME_ZONE

from ..tools.brief_memory import BriefMemory
from ..tools.indicators import MEASURES

# How old, in seconds, what changes every moment may be, and what is counted once in a minute anyway.
LIVE_SECONDS, SLOW_SECONDS = 4, 30
SERVICE_LEVEL_MINUTES = 60

memory = BriefMemory()


class Place(NamedTuple):
    """What a row of figures is about; ids or None."""

    site: int
    team: int
    product: int


class HelpdeskWallboardReading(models.AbstractModel):
    """What all wallboards are made of: read for all sites at once, however many screens ask, and kept some seconds.

    Rows carry their place, so that each tile adds up its own. Runs as superuser: sums tell about nobody.
    """

    _name = "helpdesk.wallboard.reading"
    _description = "Reading of Live Figures"

    @api.model
    def _read(self):
        """The figures that stand now.

        :return: dict: ``date`` (naive UTC), ``queues``, ``answers``, ``agents``, ``todays``, ``hours``, ``limits``,
            ``goals``, ``alerts``, ``topics``
        """
        database = self.env.cr.dbname
        reading = self.sudo().with_context(active_test=True)
        slow = memory.get((database, "slow"), SLOW_SECONDS, reading._read_slow)
        live = memory.get((database, "live"), LIVE_SECONDS, reading._read_live)
        return {**slow, **live}

    @api.model
    def _read_live(self):
        self.env.flush_all()
        return {
            "date": fields.Datetime.now(),
            "queues": self._read_queues(),
            "answers": self._read_answers(),
            "agents": self._read_agents(),
        }

    @api.model
    def _read_slow(self):
        self.env.flush_all()
        todays = self._todays()
        return {
            "todays": self._read_todays(todays),
            "hours": self._read_hours(todays),
            "limits": self._read_limits(),
            "goals": self.env["helpdesk.target"]._general_goals(),
            "alerts": self._read_alerts(),
            "topics": self._read_topics(),
        }

    # EVERY MOMENT

    @api.model
    def _read_queues(self):
        """``[(Place, channel id, open, waiting, since when the longest waits)]`` of the open tickets."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(team.site_id, ticket.site_id), ticket.team_id, ticket.product_id, ticket.channel_id,
                       count(*), count(*) FILTER (WHERE %(waits)s),
                       min(COALESCE(ticket.waiting_since, ticket.create_date)) FILTER (WHERE %(waits)s)
                  FROM helpdesk_ticket ticket LEFT JOIN helpdesk_team team ON team.id = ticket.team_id
                 WHERE ticket.active AND ticket.stage_kind = ANY(%(kinds)s)
              GROUP BY 1, 2, 3, 4
                """,
                kinds=list(OPEN_KINDS),
                waits=SQL("ticket.user_id IS NULL AND ticket.stage_kind != 'waiting_customer'"),
            )
        )
        return [(Place(site, team, product), *row) for site, team, product, *row in rows]

    @api.model
    def _read_answers(self):
        """``[(Place, in time, all)]``: first answers of the last hour, and those due in it and not given."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT team.site_id, team.id, ticket.product_id,
                       count(*) FILTER (WHERE ticket.first_response_seconds <= team.answer_seconds), count(*)
                  FROM helpdesk_ticket ticket JOIN helpdesk_team team ON team.id = ticket.team_id
                 WHERE ticket.first_response_date >= %(since)s
                    OR ticket.first_response_date IS NULL AND ticket.stage_kind = ANY(%(kinds)s)
                       AND ticket.create_date + team.answer_seconds * interval '1 second' BETWEEN %(since)s AND %(now)s
              GROUP BY 1, 2, 3
                """,
                since=fields.Datetime.now() - timedelta(minutes=SERVICE_LEVEL_MINUTES),
                now=fields.Datetime.now(),
                kinds=list(OPEN_KINDS),
            )
        )
        return [(Place(site, team, product), *row) for site, team, product, *row in rows]

    @api.model
    def _read_agents(self):
        """``[(Place, kind of status, agents)]`` of the agents at work."""
        rows = self.env["helpdesk.agent.session"]._read_group(
            [("end_date", "=", False)], ["site_id", "team_id", "status_kind"], ["__count"]
        )
        return [(Place(site.id, team.id, None), kind, count) for site, team, kind, count in rows]

    # EVERY HALF MINUTE

    @api.model
    def _todays(self):
        """``{site id or None: the day that runs there}``."""
        now = pytz.utc.localize(fields.Datetime.now())
        zones = dict.fromkeys([None], HOME_ZONE)
        for site in self.env["helpdesk.site"].with_context(active_test=False).search_fetch([], ["timezone"]):
            zones[site.id] = site.timezone or HOME_ZONE
        return {site: now.astimezone(pytz.timezone(zone)).date() for site, zone in zones.items()}

    @api.model
    def _read_todays(self, todays):
        """``[(Place, {measure: sum})]`` of the day that runs at each site."""
        rows = self.env["helpdesk.kpi.day"]._read_group(
            [("date", "in", list(set(todays.values())))],
            ["date:day", "site_id", "team_id", "product_id"],
            [f"{name}:sum" for name in MEASURES],
        )
        return [
            (Place(site.id, team.id, product.id), Counter(dict(zip(MEASURES, values, strict=True))))
            for day, site, team, product, *values in rows
            if day == todays.get(site.id or None)
        ]

    @api.model
    def _read_hours(self, todays):
        """``[(Place, 0 for today or 1 for yesterday, hour at the site, tickets that came in)]``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT site_id, team_id, product_id, local::date, extract(hour FROM local)::int, count(*)
                  FROM (SELECT COALESCE(team.site_id, ticket.site_id) AS site_id, ticket.team_id, ticket.product_id,
                               ticket.create_date AT TIME ZONE 'UTC'
                                   AT TIME ZONE COALESCE(site.timezone, %(home)s) AS local
                          FROM helpdesk_ticket ticket
                     LEFT JOIN helpdesk_team team ON team.id = ticket.team_id
                     LEFT JOIN helpdesk_site site ON site.id = COALESCE(team.site_id, ticket.site_id)
                         WHERE ticket.create_date >= %(since)s) came
              GROUP BY 1, 2, 3, 4, 5
                """,
                home=HOME_ZONE,
                since=fields.Datetime.now() - timedelta(days=2, hours=1),
            )
        )
        return [
            (Place(site, team, product), (todays[site] - day).days, hour, count)
            for site, team, product, day, hour, count in rows
            if site in todays and (todays[site] - day).days in (0, 1)
        ]

    @api.model
    def _read_limits(self):
        """``{(metric, site id, team id or False): limit}`` of the thresholds."""
        thresholds = self.env["helpdesk.threshold"].search_fetch([], ["metric", "limit", "site_id", "team_id"])
        return {(one.metric, one.site_id.id, one.team_id.id): one.limit for one in thresholds}

    @api.model
    def _read_alerts(self):
        """What somebody should look at; each a dict with ``kind``, ``place``, ``since`` (naive UTC) and what it tells.

        Addons add their own kinds, and a sentence for each (``helpdesk.wallboard._say_<kind>``).
        """
        return [
            *self._read_crossed_thresholds(),
            *self._read_incidents(),
            *self._read_rises(),
            *self._read_missed_targets(),
        ]

    @api.model
    def _read_crossed_thresholds(self):
        thresholds = self.env["helpdesk.threshold"].search_fetch(
            [("crossed_date", "!=", False)], ["metric", "site_id", "team_id", "crossed_date"]
        )
        return [
            {
                "kind": "threshold",
                "place": Place(one.site_id.id, one.team_id.id or None, None),
                "since": one.crossed_date,
                "metric": one.metric,
            }
            for one in thresholds
        ]

    @api.model
    def _read_incidents(self):
        """Which product it is about: the incident's own title may say more than a wall should."""
        incidents = self.env["helpdesk.ticket"].search_fetch(
            [("is_incident", "=", True), ("stage_kind", "in", OPEN_KINDS)],
            ["site_id", "team_id", "product_id", "create_date"],
            limit=20,
        )
        return [
            {
                "kind": "incident",
                "place": Place(one.team_id.site_id.id or one.site_id.id, one.team_id.id, one.product_id.id),
                "since": one.create_date,
            }
            for one in incidents
        ]

    @api.model
    def _read_rises(self):
        rises = self.env["helpdesk.sentiment.alert"].search_fetch(
            [("end_date", "=", False)], ["product_id", "start_date", "words"]
        )
        return [
            {
                "kind": "rise",
                "place": Place(None, None, rise.product_id.id),
                "since": rise.start_date,
                "words": rise.words,
            }
            for rise in rises
        ]

    @api.model
    def _read_topics(self):
        """``[(product id, word, tickets, how negative)]`` of the week that runs, the surest first."""
        today = self.env["helpdesk.backlog.day"]._today()
        found = self.env["helpdesk.topic"].search_fetch(
            [("kind", "=", "message"), ("date", "=", today - timedelta(days=today.weekday()))],
            ["product_id", "term", "text_count", "negative_percent"],
            order="score desc, id",
            limit=100,
        )
        return [(one.product_id.id, one.term, one.text_count, one.negative_percent) for one in found]

    @api.model
    def _read_missed_targets(self):
        targets = self.env["helpdesk.target"].search([("told_state", "=", "missed")])
        alerts = []
        for target in targets:
            start = target._current_period()[0]
            if target.told_period == start.date():
                place = Place(target.site_id.id or None, target.team_id.id or None, target.product_id.id or None)
                since = datetime.combine(target.told_period, datetime.min.time())
                alerts.append({"kind": "target", "place": place, "since": since, "metric": target.metric})
        return alerts
