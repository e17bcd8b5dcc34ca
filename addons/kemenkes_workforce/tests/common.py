from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase


class WorkCase(HelpdeskCase):
    """Two seats in Jakarta: one free, one dedicated to the agent; the statuses that come with the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.statuses = {
            name: cls.env.ref(f"kemenkes_workforce.status_{name}")
            for name in ("ready", "busy", "wrap_up", "break", "training", "coaching", "away", "offline")
        }
        cls.meal, cls.prayer = cls.statuses["break"].reason_ids[:2]
        cls.agent = cls.users["agent"]
        cls.seat, cls.own_seat = cls.env["helpdesk.seat"].create(
            [
                {"name": "A1", "site_id": cls.site.id},
                {"name": "A2", "site_id": cls.site.id, "user_id": cls.agent.id},
            ]
        )

    @classmethod
    def start_work(cls, *logins, seat=None):
        """Log people in to work, each as they would do it; ready at once."""
        sessions = cls.env["helpdesk.agent.session"]
        for login in logins:
            sessions |= cls.users[login].with_user(cls.users[login])._start_work(seat)
        return sessions.with_env(cls.env)

    @classmethod
    def call_as(cls, login, method, *args):
        """A call of the agent's own methods, as the browser makes it."""
        return getattr(cls.env["helpdesk.agent.session"].with_user(cls.users[login]), method)(*args)
