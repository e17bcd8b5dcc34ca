from types import SimpleNamespace

from odoo import Command

from odoo.addons.kemenkes_helpdesk.models.helpdesk_stage import DONE_KINDS


class RandomHistory:
    """Whatever may happen to tickets, in an order that chance decides; what is impossible is left out.

    :param env: environment of a superuser
    :param world: ``team_l2``, ``sites``, ``category``, ``tag``, ``customers``, ``agents`` (who may do all of it)
    :param chance: ``random.Random``
    """

    ACTIONS = (
        "ask", "ask", "answer", "answer", "answer", "answer_all", "solve", "close", "reopen", "wait", "go_on",
        "escalate", "give_back", "priority", "category", "tags", "site", "customer", "agent", "merge", "unmerge",
    )  # fmt: skip

    def __init__(self, env, world: SimpleNamespace, chance):
        self.env, self.world, self.chance = env, world, chance

    def do_something(self, tickets, everything):
        """Do one thing with ``tickets``; some things need a second ticket, one of ``everything``."""
        getattr(self, f"do_{self.chance.choice(self.ACTIONS)}")(tickets, everything)

    @staticmethod
    def own(tickets):
        """Those that are not merged."""
        return tickets.filtered(lambda ticket: not ticket.merged_into_id)

    @staticmethod
    def going_on(tickets):
        """Those that are neither done nor merged."""
        return tickets.filtered(lambda ticket: not ticket.merged_into_id and ticket.stage_kind not in DONE_KINDS)

    # WORDS

    def hear(self, tickets):
        """The customers of these tickets write, those of merged ones under their old number."""
        for ticket in tickets:
            ticket.with_context(mail_create_nosubscribe=True).message_post(
                body="Hello?",
                author_id=ticket.partner_id.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def answer(self, tickets):
        """An agent answers the customers of these tickets, each under their number."""
        tickets.with_user(self.chance.choice(self.world.agents)).answer_customers("Hello")

    def do_ask(self, tickets, _everything):
        self.hear(tickets)

    def do_answer(self, tickets, _everything):
        self.answer(self.own(tickets))

    def do_answer_all(self, tickets, _everything):
        self.answer(tickets)

    # STAGES

    def do_solve(self, tickets, _everything):
        self.own(tickets).action_solve()

    def do_close(self, tickets, _everything):
        self.own(tickets).action_close()

    def do_reopen(self, tickets, _everything):
        self.own(tickets).action_reopen()

    def do_wait(self, tickets, _everything):
        tickets.action_wait_for_customer()

    def do_go_on(self, tickets, _everything):
        tickets.action_continue()

    # TIERS

    def do_escalate(self, tickets, _everything):
        self.going_on(tickets).filtered(lambda ticket: ticket.tier == "1").escalate(self.world.team_l2, "Server")

    def do_give_back(self, tickets, _everything):
        escalations = tickets.current_escalation_id
        if escalations:
            escalations.with_user(self.chance.choice(self.world.agents)).return_back("Done")

    # FIELDS

    def do_priority(self, tickets, _everything):
        tickets.priority = self.chance.choice("0123")

    def do_category(self, tickets, _everything):
        tickets.category_id = self.chance.choice((self.world.category.id, False))

    def do_tags(self, tickets, _everything):
        tickets.tag_ids = self.chance.choice(([Command.link(self.world.tag.id)], [Command.clear()]))

    def do_site(self, tickets, _everything):
        tickets.site_id = self.chance.choice(self.world.sites)

    def do_customer(self, tickets, _everything):
        tickets.partner_id = self.chance.choice(self.world.customers)

    def do_agent(self, tickets, _everything):
        tickets.user_id = self.chance.choice((*self.world.agents.ids, False))

    # MERGES

    def do_merge(self, tickets, everything):
        target = everything.browse(self.chance.choice(everything.ids))
        survivor = target._survivor()
        possible = self.own(tickets).filtered(lambda ticket: not ticket._merge_refusal(target, survivor))
        if possible:
            possible.merge_into(target)

    def do_unmerge(self, tickets, _everything):
        tickets.filtered("merged_into_id").unmerge()


def create_policies(env, world):
    """Policies of every target, several of some, around the clock, by the hours of the site and by a calendar."""
    calendar = env.ref("kemenkes_sla.calendar_government")
    world.sites[-1].resource_calendar_id = calendar
    by_calendar = {"hours": "calendar", "calendar_id": calendar.id}
    policies = [
        {"target": "first_response", "minutes": 60},
        {"target": "first_response", "minutes": 15, "sequence": 1, "priority": "3"},
        {"target": "next_response", "minutes": 45, "pause_waiting_internal": True},
        {"target": "first_touch_resolution", "minutes": 600, **by_calendar},
        {"target": "tier_resolution", "minutes": 240, "tier": "1", "tag_ids": world.tag.ids, "sequence": 1},
        {"target": "tier_resolution", "minutes": 480, "tier": "1"},
        {"target": "tier_resolution", "minutes": 900, "tier": "2", **by_calendar},
        {"target": "full_resolution", "minutes": 1440, "category_ids": world.category.ids, "sequence": 1},
        {"target": "full_resolution", "minutes": 2880, "hours": "site"},
    ]
    made = env["helpdesk.sla"].create(
        [{"name": f"Random {number}", "active": True, **values} for number, values in enumerate(policies)]
    )
    env["helpdesk.sla.warning"].create({"sla_id": made[1].id, "percent": 50})
    return made


def find_differences(env, tickets):
    """What is wrong with the clocks of ``tickets``: they are not what the ledger says, or disagree with one another.

    :return: list of texts; empty: all is well
    """
    status = env["helpdesk.sla.status"]
    env.flush_all()
    found = [f"ticket {one[0]}, {one[1]} {one[2]}: {one[3]}" for one in status._compare(tickets)]
    clocks = status.search([("ticket_id", "in", tickets.ids)])
    dues = {}
    for clock in clocks.filtered(lambda clock: clock.is_open and clock.deadline):
        dues[clock.ticket_id] = min(clock.deadline, dues.get(clock.ticket_id, clock.deadline))
    found += [
        f"ticket {ticket.id}: next due {ticket.next_due_date}, clocks say {dues.get(ticket, False)}"
        for ticket in tickets
        if ticket.next_due_date != dues.get(ticket, False)
    ]
    # sudo: the ledger of these tickets
    rows = env["helpdesk.event"].sudo().search([("ticket_id", "in", tickets.ids), ("kind", "=", "sla_breached")])
    told = {(row.ticket_id, row.data["target"], row.data["number"]) for row in rows}
    late = {(one.ticket_id, one.target, one.number) for one in clocks if one.state == "failed"}
    return found + [
        f"ticket {ticket.id}: {target} {number} is late, not told" for ticket, target, number in late - told
    ]
