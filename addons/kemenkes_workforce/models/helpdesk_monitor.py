from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import OPEN_KINDS

from .helpdesk_offer import REFUSED

# What the screens know of a ticket, in this order: numbers, times and codes, never what a customer said.
TICKET_COLUMNS = (
    "id",
    "ticket_ref",
    "team_id",
    "user_id",
    "priority",
    "stage_kind",
    "create_date",
    "first_response_date",
    "waiting_since",
    "next_due_date",
)
# Open tickets that a screen gets at most, the oldest first: a storm must not stop it.
MOST_TICKETS = 20000
# The service level now is that of so many minutes.
SERVICE_LEVEL_MINUTES = 60


class HelpdeskMonitor(models.AbstractModel):
    """What the live screens show (R23.b.2, R24.c, R25.b.2): read once, then kept up by one message for each change.

    Team leaders and those above them watch the sites that are theirs. The figures are the same for everybody who looks
    at a team: they are made of all its tickets, of which the screens get numbers, times and codes only. What a customer
    said is read through the ticket, by the ticket's rights.
    """

    _name = "helpdesk.monitor"
    _description = "Live Monitoring"

    # ONE READ

    @api.model
    @api.readonly
    def get_live(self):
        """All that the floor and the desk show of the sites that the user watches; the same number of queries always.

        :return: dict: ``now`` (server's clock), ``sites``, ``floors``, ``seats``, ``statuses``, ``reasons``, ``teams``,
            ``agents`` (each with its ``session`` as :meth:`helpdesk.agent.session._floor_payload` gives it, or None),
            ``tickets`` (rows of ``ticket_columns``), ``answers`` (rows of team and time of first answers, and whether
            in time), ``thresholds``, ``lendings``; times are UTC
        :raise AccessError: the account watches no site
        """
        sites = self._watched_sites()
        # sudo: which seats, agents and numbers of tickets a watched site has, see the class
        return self.sudo()._read_live(sites.sudo())

    @api.model
    def _watched_sites(self):
        sites = self.env.user._floor_sites()
        if not sites:
            raise AccessError(self.env._("You watch no site: ask admin support for one."))
        return sites

    def _read_live(self, sites):
        teams = self.env["helpdesk.team"].search([("site_id", "in", sites.ids)])
        sessions = self.env["helpdesk.agent.session"].search(
            ["&", ("end_date", "=", False), "|", ("site_id", "in", sites.ids), ("user_id", "in", teams.member_ids.ids)]
        )
        agents = self._read_agents(teams, sessions)
        return {
            "now": fields.Datetime.to_string(fields.Datetime.now()),
            "uid": self.env.uid,
            "sites": sites.read(["name"], load=""),
            "floors": self._read_floors(sites),
            "seats": self.env["helpdesk.seat"].search_read(
                [("site_id", "in", sites.ids), ("floor_id", "!=", False)],
                ["name", "floor_id", "site_id", "user_id", "position_x", "position_y", "equipment"],
                load="",
            ),
            "statuses": self.env["helpdesk.agent.status"].search_read(
                [], ["name", "kind", "icon", "needs_reason", "is_selectable"]
            ),
            "reasons": self.env["helpdesk.agent.reason"].search_read(
                [], ["name", "status_id", "expected_minutes"], load=""
            ),
            "teams": teams.read(["name", "site_id", "tier", "member_ids", "answer_seconds"], load=""),
            "agents": agents,
            "ticket_columns": TICKET_COLUMNS,
            "tickets": self._read_tickets(teams.ids, [agent["id"] for agent in agents]),
            "answers": self._read_answers(teams.ids),
            "thresholds": [threshold._floor_payload() for threshold in self._find_thresholds(sites)],
            "lendings": [lending._floor_payload() for lending in self._find_lendings(teams, sessions)],
        }

    def _find_thresholds(self, sites):
        return self.env["helpdesk.threshold"].search([("site_id", "in", sites.ids)])

    def _find_lendings(self, teams, sessions):
        return self.env["helpdesk.lending"].search(
            [
                ("ended_date", "=", False),
                "|",
                ("team_id", "in", teams.ids),
                ("user_id", "in", (teams.member_ids | sessions.user_id).ids),
            ]
        )

    def _read_floors(self, sites):
        floors = self.env["helpdesk.floor"].search([("site_id", "in", sites.ids)])
        rows = floors.with_context(bin_size=True).read(
            ["name", "site_id", "column_count", "row_count", "image", "write_date"], load=""
        )
        for row in rows:
            stamp = row.pop("write_date").timestamp()
            address = f"/web/image/helpdesk.floor/{row['id']}/image?unique={stamp:.0f}"
            row["image"] = row["image"] and address
        return rows

    def _read_agents(self, teams, sessions):
        agents = self.env["res.users"].search_fetch(
            [
                ("id", "in", (teams.member_ids | sessions.user_id).ids),
                ("share", "=", False),
                ("all_group_ids", "in", self.env.ref("kemenkes_helpdesk.group_agent").ids),
            ],
            ["name"],
            order="name",
        )
        payloads = {session.user_id.id: session._floor_payload() for session in sessions}
        return [{"id": agent.id, "name": agent.name, "session": payloads.get(agent.id)} for agent in agents]

    # TICKETS, IN SQL: thousands of rows, of which no record is needed

    def _read_tickets(self, team_ids, agent_ids):
        return self._select_tickets(
            [
                ("stage_kind", "in", OPEN_KINDS),
                "|",
                ("team_id", "in", team_ids),
                ("user_id", "in", agent_ids),
            ]
        )

    def _select_tickets(self, domain):
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(domain, order="id", limit=MOST_TICKETS)
        columns = [tickets._field_to_sql(query.table, name, query) for name in TICKET_COLUMNS]
        return [self._plain_row(row) for row in self.env.execute_query(query.select(*columns))]

    @staticmethod
    def _plain_row(row):
        return [fields.Datetime.to_string(value) if hasattr(value, "hour") else value or False for value in row]

    def _read_answers(self, team_ids):
        """First answers of the last minutes: ``[[team, when, whether in time]]``."""
        since = fields.Datetime.now() - timedelta(minutes=SERVICE_LEVEL_MINUTES)
        self.env["helpdesk.ticket"].flush_model(["first_response_date", "first_response_seconds", "team_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.team_id, ticket.first_response_date,
                       ticket.first_response_seconds <= team.answer_seconds
                  FROM helpdesk_ticket ticket JOIN helpdesk_team team ON team.id = ticket.team_id
                 WHERE ticket.first_response_date >= %s AND ticket.team_id = ANY(%s)
                """,
                since,
                team_ids,
            )
        )
        return [self._plain_row(row) for row in rows]

    # ONE AGENT

    @api.model
    @api.readonly
    def get_today(self, user_id):
        """An agent's figures since midnight of the site.

        :param int user_id: an agent whom the user watches
        :return: dict: ``solved``, ``replies``, ``handled``, ``handling_seconds`` (average), ``accepted``, ``rejected``,
            ``times`` (``{kind of status: seconds}``), ``started`` (first log-in to work, UTC or False)
        :raise AccessError: the user does not watch that agent
        """
        agent = self._watched_agent(user_id)
        # sudo: figures of an agent whom the user watches
        return self.sudo()._measure_today(agent.sudo())

    @api.model
    def _watched_agent(self, user_id):
        """The agent as a record, when the user may watch them.

        :raise AccessError: they work at no site, and belong to no team, of the user's
        """
        agent = self.env["res.users"].browse(user_id)
        sites = self.env.user._floor_sites()
        # sudo: where somebody works decides who watches them
        known = agent.sudo()
        if not (known._work_session().site_id | known.helpdesk_team_ids.site_id) & sites:
            raise AccessError(self.env._("You don't watch the site of this agent."))
        return agent

    def _measure_today(self, agent):
        start = self._today_start(agent)
        return {
            **self._count_work(agent, start),
            **self._count_offers(agent, start),
            **self._count_times(agent, start),
        }

    def _today_start(self, agent):
        """Midnight where the agent works, naive UTC."""
        site = agent._work_session().site_id or agent._work_site()
        zone = site.timezone or "Asia/Jakarta"
        now = fields.Datetime.context_timestamp(self.with_context(tz=zone), fields.Datetime.now())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return (fields.Datetime.now() - (now - midnight)).replace(microsecond=0)

    def _count_work(self, agent, start):
        solved = self.env["helpdesk.ticket"].search_count([("user_id", "=", agent.id), ("solved_date", ">=", start)])
        ((seconds, handled),) = self.env["helpdesk.handling"]._read_group(
            [("user_id", "=", agent.id), ("start", ">=", start)], [], ["seconds:sum", "ticket_id:count_distinct"]
        )
        replies = self.env["helpdesk.event"].search_count(
            [("user_id", "=", agent.id), ("date", ">=", start), ("kind", "=", "message_out")]
        )
        return {
            "solved": solved,
            "replies": replies,
            "handled": handled,
            "handling_seconds": seconds / handled if handled else 0,
        }

    def _count_offers(self, agent, start):
        """Offers of today by their answers; what was missed counts as rejected."""
        counts = dict(
            self.env["helpdesk.offer"]._read_group(
                [("user_id", "=", agent.id), ("offered_date", ">=", start)], ["state"], ["__count"]
            )
        )
        return {"accepted": counts.get("accepted", 0), "rejected": sum(counts.get(state, 0) for state in REFUSED)}

    def _count_times(self, agent, start):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind,
                       sum(extract(epoch FROM COALESCE(end_date, %(now)s) - greatest(start_date, %(start)s)))::int,
                       min(start_date)
                  FROM helpdesk_agent_interval
                 WHERE user_id = %(user)s AND start_date >= %(earliest)s AND COALESCE(end_date, %(now)s) > %(start)s
              GROUP BY kind
                """,
                now=fields.Datetime.now(),
                start=start,
                earliest=start - timedelta(days=1),  # nobody stays in one status for longer
                user=agent.id,
            )
        )
        first = min((begun for _kind, _seconds, begun in rows), default=None)
        return {
            "times": {kind: seconds for kind, seconds, _begun in rows},
            "started": first and fields.Datetime.to_string(first),
        }
