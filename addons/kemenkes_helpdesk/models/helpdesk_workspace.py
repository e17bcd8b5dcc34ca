from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# Rows of a queue that are read at once.
PAGE = 50
# A counter beyond this says "10,000+": nobody needs it more exactly, and counting a million rows takes long.
MOST_COUNTED = 10000
MOST_ROWS_READ = 200

# First what is due, then what matters most, then what waits longest.
URGENT_FIRST = "next_due_date, priority desc, waiting_since, id"
LATEST_FIRST = "write_date desc, id desc"

# What the rows of a queue show; of the words only the first few.
ROW_FIELDS = [
    "ticket_ref",
    "name",
    "partner_name",
    "channel_id",
    "product_id",
    "team_id",
    "user_id",
    "stage_id",
    "stage_kind",
    "priority",
    "next_due_date",
    "waiting_since",
    "last_customer_message_date",
    "last_agent_message_date",
    "create_date",
]


class HelpdeskWorkspace(models.AbstractModel):
    """What the agent's workspace asks of the server: queues and their rows (R25, R27.a.1).

    Everything is read with the rights of the account. A page of a queue costs the same number of queries whether the
    queue holds ten tickets or a million. Other addons add queues by :meth:`_queues`.
    """

    _name = "helpdesk.workspace"
    _description = "Agent's Workspace"

    @api.model
    def get_start(self):
        """What the workspace needs to show itself, in one answer.

        :return: ``{"queues": see _prepare_queues, "user_id": int, "team_ids": [int], "may_answer": bool}``
        :raise AccessError: the account has no role in the helpdesk
        """
        self._check_role()
        user = self.env.user
        return {
            "queues": self._prepare_queues(),
            "user_id": user.id,
            "team_ids": user.helpdesk_team_ids.ids,
            "may_answer": user.has_group("kemenkes_helpdesk.group_agent"),
        }

    @api.model
    def get_queues(self):
        """The queues with their counters.

        :return: see :meth:`_prepare_queues`
        """
        self._check_role()
        return self._prepare_queues()

    @api.model
    def get_queue_rows(self, key, offset=0, limit=PAGE, search=""):
        """A page of a queue.

        :param str key: of :meth:`_queues`
        :param str search: words of the reference, subject or customer
        :return: ``{"rows": list of dicts, "count": int}``; the count ends at MOST_COUNTED + 1, times are UTC texts
        """
        self._check_role()
        queue = self._queue(key)
        domain = self._searched_domain(queue["domain"], search)
        tickets = self.env["helpdesk.ticket"].search_fetch(
            domain, ROW_FIELDS, offset=max(int(offset), 0), limit=min(int(limit), MOST_ROWS_READ), order=queue["order"]
        )
        return {"rows": self._prepare_rows(tickets), "count": self._count(domain)}

    @api.model
    def _searched_domain(self, domain, search):
        words = (search or "").strip()
        return domain & Domain("display_name", "ilike", words) if words else domain

    @api.model
    def _check_role(self):
        if not self.env.user.has_group("kemenkes_helpdesk.group_user"):
            raise AccessError(self.env._("The workspace is for the helpdesk's own people."))

    @api.model
    def _prepare_workspace_ticket(self, tickets):
        """Everything the middle and the right of the workspace show of tickets.

        Concerns and addons add keys of their own to each dict, in one go for all tickets, with the account's own
        rights. Records are ``{"id", "name"}`` or False, times UTC texts or False.

        :return: ``{ticket id: dict}``
        """
        return {ticket.id: {"id": ticket.id} for ticket in tickets}

    # QUEUES

    @api.model
    def _queues(self):
        """The queues of this account, in the order in which they stand on the left.

        Extensions add theirs; the browser finds label and icon under the same key in its registry
        ``helpdesk_workspace_queues``.

        :return: ``{key: {"domain": Domain, "order": str}}``; queues that have no entry there bring a ``label``
        """
        mine = Domain("user_id", "=", self.env.uid)
        at_work = Domain("stage_kind", "in", ("new", "open", "waiting_internal"))
        return {
            "mine": {"domain": mine & at_work, "order": URGENT_FIRST},
            "mine_waiting": {
                "domain": mine & Domain("stage_kind", "=", "waiting_customer"),
                "order": LATEST_FIRST,
            },
            "team": {"domain": self._team_domain() & at_work & Domain("user_id", "=", False), "order": URGENT_FIRST},
            "mine_solved": {
                "domain": mine & Domain("stage_kind", "=", "solved"),
                "order": "solved_date desc, id desc",
            },
        }

    @api.model
    def _team_domain(self):
        """The tickets of the account's own teams; of every team for those who have none, within their rights."""
        teams = self.env.user.helpdesk_team_ids
        return Domain("team_id", "in", teams.ids) if teams else Domain.TRUE

    @api.model
    def _queue(self, key):
        queue = self._queues().get(key)
        if not queue:
            raise AccessError(self.env._("This queue is not there any more. Choose another one."))
        return queue

    @api.model
    def _prepare_queues(self):
        """
        :return: list of ``{"key", "count", "label", "is_own"}``; counts end at MOST_COUNTED + 1, the label is empty
            where the browser knows it
        """
        return [
            {
                "key": key,
                "count": self._count(queue["domain"]),
                "label": queue.get("label", ""),
                "is_own": queue.get("is_own", False),
            }
            for key, queue in self._queues().items()
        ]

    @api.model
    def _count(self, domain):
        return self.env["helpdesk.ticket"].search_count(domain, limit=MOST_COUNTED + 1)

    # ROWS

    @api.model
    def _prepare_rows(self, tickets):
        """What a row of a queue shows, for a whole page at once; other addons add to it."""
        return [
            {
                "id": ticket.id,
                "reference": ticket.ticket_ref,
                "subject": ticket._shown("name") or "",
                "customer": ticket._shown("partner_name") or "",
                "channel": ticket.channel_id.kind or "",
                "product": ticket.product_id.name or "",
                "team_id": ticket.team_id.id,
                "user_id": ticket.user_id.id,
                "agent": ticket.user_id.name or "",
                "stage": ticket.stage_id.name,
                "stage_kind": ticket.stage_kind,
                "priority": int(ticket.priority),
                "words": ticket._shown("last_message_preview") or "",
                **self._prepare_times(ticket),
            }
            for ticket in tickets
        ]

    @api.model
    def _prepare_times(self, ticket):
        names = (
            "next_due_date",
            "waiting_since",
            "last_customer_message_date",
            "last_agent_message_date",
            "create_date",
        )
        return {name: fields.Datetime.to_string(ticket[name]) or False for name in names}
