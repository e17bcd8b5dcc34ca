from collections import defaultdict
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import distribution
from ..tools.distribution import Agent, Need, Work
from .helpdesk_capacity import NO_CHANNEL
from .helpdesk_offer import REFUSED
from .helpdesk_team import MANUAL
from .helpdesk_ticket_queue import WAITING_KINDS

# Who has lately rejected or missed a ticket is not asked for it again so soon.
REFUSED_MINUTES = 10
# So long after an answer a conversation on a live channel counts as going on, though the customer is the one to act.
CONVERSATION_MINUTES = 10


def to_seconds(moment):
    return int(moment.replace(tzinfo=timezone.utc).timestamp()) if moment else None


class HelpdeskDistribution(models.AbstractModel):
    """From the database to plain data: what waits, who is ready, and what is decided."""

    _inherit = "helpdesk.distribution"

    @api.model
    def _plan(self):
        """Take back what nobody works on, then decide who gets what waits; nothing is handed out yet.

        :return: list of :class:`~..tools.distribution.Decision`
        """
        self._take_back()
        teams = self.env["helpdesk.team"].search([("distribution_rule", "!=", MANUAL)])
        if not teams or not self._anything_waits(teams):
            return []
        agents = self._read_agents(self._ready_sessions())
        if not any(agent.has_room(kind) for agent in agents for kind in agent.limits):
            return []
        works = self._read_works(teams, agents)
        return distribution.distribute(works, agents, to_seconds(fields.Datetime.now()))

    @api.model
    def _anything_waits(self, teams):
        """The cheapest question first: most of what happens leaves nothing to hand out."""
        self.env["helpdesk.ticket"].flush_model(["team_id", "queue_date"])
        return self.env.execute_query(
            SQL(
                """
                SELECT FROM helpdesk_ticket ticket
                 WHERE team_id = ANY(%s) AND queue_date IS NOT NULL
                   AND NOT EXISTS (SELECT FROM helpdesk_offer WHERE ticket_id = ticket.id AND state = 'open')
                 LIMIT 1
                """,
                teams.ids,
            )
        )

    # AGENTS

    @api.model
    def _ready_sessions(self):
        return self.env["helpdesk.agent.session"].search([("end_date", "=", False), ("is_available", "=", True)])

    @api.model
    def _read_agents(self, sessions):
        """:class:`~..tools.distribution.Agent` for those who may get work; a fixed number of queries."""
        users = sessions.user_id._can_take_work()
        ids = users.ids
        teams = users._agent_teams()
        products = self._read_pairs("helpdesk_product_user_rel", "product_id", ids)
        limits = self.env["helpdesk.capacity"]._limits(ids)
        loads = self._read_loads(ids, {kind for own in limits.values() for kind in own if own[kind].is_live})
        skills = defaultdict(dict)
        for skill in self.env["helpdesk.agent.skill"].search([("user_id", "in", ids)]):
            skills[skill.user_id.id][skill.skill_id.id] = int(skill.level)
        since = {session.user_id.id: session.last_work_date or session.start_date for session in sessions}
        return [
            Agent(
                id=user_id,
                teams=frozenset(teams.get(user_id, ())),
                products=frozenset(products.get(user_id, ())),
                limits=limits[user_id],
                skills=skills[user_id],
                load=loads.get(user_id, {}),
                idle_since=to_seconds(since[user_id]),
            )
            for user_id in ids
        ]

    @api.model
    def _read_pairs(self, table, column, user_ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, array_agg(%s) FROM %s WHERE user_id = ANY(%s) GROUP BY user_id",
                SQL.identifier(column),
                SQL.identifier(table),
                user_ids,
            )
        )
        return dict(rows)

    @api.model
    def _read_loads(self, user_ids, live_kinds):
        """What these agents have at hand, offers included: ``{user id: {kind of channel: count}}``.

        Somebody on the line who was answered a moment ago is about to write again: the conversation still counts.
        """
        self.env["helpdesk.ticket"].flush_model(
            ["user_id", "stage_kind", "active", "channel_id", "last_agent_message_date"]
        )
        self.env["helpdesk.offer"].flush_model(["user_id", "state", "channel_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT work.user_id, COALESCE(channel.kind, %(no_channel)s), count(*)
                  FROM (SELECT user_id, channel_id, FALSE AS is_answered FROM helpdesk_ticket
                         WHERE user_id = ANY(%(users)s) AND active AND stage_kind = ANY(%(kinds)s)
                         UNION ALL
                        SELECT user_id, channel_id, TRUE FROM helpdesk_ticket
                         WHERE user_id = ANY(%(users)s) AND active AND stage_kind = 'waiting_customer'
                           AND last_agent_message_date >= %(lately)s
                         UNION ALL
                        SELECT user_id, channel_id, FALSE FROM helpdesk_offer
                         WHERE user_id = ANY(%(users)s) AND state = 'open') work
             LEFT JOIN helpdesk_channel channel ON channel.id = work.channel_id
                 WHERE NOT is_answered OR channel.kind = ANY(%(live)s)
              GROUP BY 1, 2
                """,
                no_channel=NO_CHANNEL,
                users=user_ids,
                kinds=list(WAITING_KINDS),
                lately=fields.Datetime.now() - timedelta(minutes=CONVERSATION_MINUTES),
                live=list(live_kinds),
            )
        )
        loads = defaultdict(dict)
        for user_id, kind, count in rows:
            loads[user_id][kind] = count
        return loads

    # WORK

    @api.model
    def _read_works(self, teams, agents):
        """:class:`~..tools.distribution.Work` for all that waits in ``teams``; a fixed number of queries."""
        rows = self._read_waiting(teams)
        needs = self._read_needs()
        sticky = self._read_sticky(teams, rows, [agent.id for agent in agents])
        refused = self._read_refused()
        pools = {team.id: self._read_pool(team) for team in teams}
        now = fields.Datetime.now()
        works = []
        for row in rows:
            team, own, helped, patience = pools[row["team_id"]]
            has_waited = helped != own and now - row["queue_date"] >= patience
            works.append(
                Work(
                    id=row["id"],
                    kind=row["kind"],
                    rule=team.distribution_rule,
                    teams=helped if has_waited else own,
                    came=to_seconds(row["queue_date"]),
                    due=to_seconds(row["next_due_date"]),
                    priority=int(row["priority"]),
                    product=row["product_id"],
                    needs=needs(row),
                    sticky=sticky.get(row["id"]),
                    refused=refused.get(row["id"], frozenset()),
                )
            )
        return works

    @api.model
    def _read_pool(self, team):
        own = frozenset(team.ids)
        return team, own, own | frozenset(team.overflow_team_ids.ids), timedelta(seconds=team.overflow_seconds)

    @api.model
    def _read_waiting(self, teams):
        self.env["helpdesk.ticket"].flush_model()
        self.env["helpdesk.offer"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT ticket.id, ticket.team_id, ticket.product_id, ticket.category_id, ticket.partner_id,
                       ticket.priority, ticket.next_due_date, ticket.queue_date, partner.lang,
                       COALESCE(channel.kind, %s) AS kind
                  FROM helpdesk_ticket ticket
             LEFT JOIN helpdesk_channel channel ON channel.id = ticket.channel_id
             LEFT JOIN res_partner partner ON partner.id = ticket.partner_id
                 WHERE ticket.team_id = ANY(%s) AND ticket.queue_date IS NOT NULL
                   AND NOT EXISTS (SELECT FROM helpdesk_offer WHERE ticket_id = ticket.id AND state = 'open')
                """,
                NO_CHANNEL,
                teams.ids,
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _read_needs(self):
        """A function from a waiting ticket to the skills that it asks for."""
        by_value = defaultdict(tuple)
        for skill in self.env["helpdesk.skill"].search([]):
            need = Need(skill.id, int(skill.minimum_level), skill.is_required)
            for key in self._skill_keys(skill):
                by_value[key] += (need,)

        def needs(row):
            found = ()
            for column in ("kind", "product_id", "category_id", "lang"):
                found += by_value.get((column, row[column]), ())
            return found

        return needs

    @api.model
    def _skill_keys(self, skill):
        """Column and value of waiting tickets that ask for a skill."""
        if skill.subject == "category":
            categories = self.env["helpdesk.category"].with_context(active_test=False)
            return [("category_id", id_) for id_ in categories.search([("id", "child_of", skill.category_id.id)]).ids]
        if skill.subject == "product":
            return [("product_id", skill.product_id.id)]
        if skill.subject == "language":
            return [("lang", skill.language)]
        return [("kind", skill.channel_kind)]

    @api.model
    def _read_sticky(self, teams, rows, user_ids):
        """Who of the ready agents last helped the customer of a waiting ticket: ``{ticket id: user id}``."""
        hours = {team.id: team.sticky_hours for team in teams}
        partners = {row["partner_id"] for row in rows if row["partner_id"] and hours[row["team_id"]]}
        if not partners or not user_ids:
            return {}
        now = fields.Datetime.now()
        last = {}
        for partner_id, user_id, date in self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id) partner_id, user_id, assign_date FROM helpdesk_ticket
                 WHERE partner_id = ANY(%s) AND user_id IS NOT NULL AND assign_date >= %s
              ORDER BY partner_id, assign_date DESC
                """,
                list(partners),
                now - timedelta(hours=max(hours.values())),
            )
        ):
            last[partner_id] = (user_id, date)
        ready = set(user_ids)
        sticky = {}
        for row in rows:
            user_id, date = last.get(row["partner_id"], (None, None))
            if user_id in ready and date >= now - timedelta(hours=hours[row["team_id"]]):
                sticky[row["id"]] = user_id
        return sticky

    @api.model
    def _read_refused(self):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket_id, array_agg(user_id) FROM helpdesk_offer
                 WHERE state IN %s AND answer_date >= %s GROUP BY ticket_id
                """,
                REFUSED,
                fields.Datetime.now() - timedelta(minutes=REFUSED_MINUTES),
            )
        )
        return {ticket_id: frozenset(user_ids) for ticket_id, user_ids in rows}
