from contextlib import contextmanager
from datetime import date

from odoo.exceptions import ValidationError

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

MONDAY = date(2026, 3, 2)


class RosterCase(HelpdeskCase):
    """A site in WIB with three shifts around the clock, four agents, and a leader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.morning, cls.evening, cls.night = cls.env["helpdesk.shift"].create(
            [
                {"name": name, "code": code, "site_id": cls.site.id, "start_hour": hour, "minimum_agents": 1}
                for name, code, hour in (("Morning", "P", 6), ("Evening", "S", 14), ("Night", "M", 22))
            ]
        )
        cls.agents = cls.users["agent"]
        for number in (2, 3, 4):
            cls.agents |= cls.create_user(f"agent{number}", "group_agent")
        cls.ani, cls.budi, cls.citra, cls.dewi = cls.agents
        for user in [*cls.users.values(), *cls.agents]:
            user.lang = "en_US"
        cls.team_l1.write({"member_ids": [(4, agent.id) for agent in cls.agents], "user_id": cls.users["leader"].id})
        cls.pattern = cls.env["helpdesk.roster.pattern"].create(
            {"name": "Two by two", "site_id": cls.site.id, "cycle": "P P S S M - -"}
        )
        cls.roster = cls.env["helpdesk.roster"].create({"site_id": cls.site.id, "month": MONDAY})

    @classmethod
    def assign(cls, agent, shift, day, login="leader", **values):
        """A planner puts an agent on a shift."""
        duties = cls.env["helpdesk.shift.assignment"].with_user(cls.users[login])
        return duties.create({"user_id": agent.id, "shift_id": shift.id, "date": day, **values})

    @classmethod
    def uncovered(cls, shift=None):
        """How many duties of the roster nobody has."""
        shifts = shift or cls.site.shift_ids
        return cls.env["helpdesk.shift.assignment"].search_count(
            [("roster_id", "=", cls.roster.id), ("uncovered", "=", True), ("shift_id", "in", shifts.ids)]
        )

    @classmethod
    def publish(cls):
        """The leader publishes the roster."""
        cls.roster.with_user(cls.users["leader"]).action_publish()

    @classmethod
    def ask(cls, kind, login="leader", **values):
        """Somebody asks for a change."""
        changes = cls.env["helpdesk.roster.change"].with_user(
            cls.users.get(login) or cls.env["res.users"].browse(login)
        )
        return changes.create({"kind": kind, "reason": "Family matter", **values})

    @contextmanager
    def refuse(self, sentence, error=ValidationError):
        """Something is refused with a sentence, and nothing is left of it."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), sentence)
