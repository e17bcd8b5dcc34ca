from datetime import timedelta

from odoo import api, fields, models

# Login, seat (without the floor), minutes at work, then status, reason and for how many minutes.
PEOPLE = [
    ("agen1", "jakarta_a1", 214, "busy", None, 6),
    ("agen2", "jakarta_a2", 209, "ready", None, 2),
    ("agen3", "jakarta_a3", 214, "break", "Meal", 24),
    ("agen4", "jakarta_a4", 187, "wrap_up", None, 3),
    ("agen5", "jakarta_b2", 214, "busy", None, 11),
    ("ahli1", "jakarta_d1", 148, "ready", None, 17),
    ("ahli2", "jakarta_d2", 151, "busy", None, 32),
    ("ahli3", None, 95, "ready", None, 8),
    ("produk1", "jakarta_d4", 122, "busy", None, 45),
    ("agen6", "makassar_m1", 201, "busy", None, 9),
    ("agen7", "makassar_m2", 198, "ready", None, 1),
    ("agen8", "makassar_m3", 201, "coaching", None, 14),
]


class HelpdeskDemo(models.AbstractModel):
    """People at work on the floors of the demo: log-ins and statuses of the last hours."""

    _inherit = "helpdesk.demo"

    @api.model
    def _fill_floors(self):
        """Log the demo's agents in to work, once; those who are at work go on."""
        now = fields.Datetime.now()
        for login, seat, worked, kind, reason, lasted in PEOPLE:
            agent = self.env.ref(f"kemenkes_helpdesk.demo_user_{login}")
            if agent._work_session():
                continue
            place = self.env["helpdesk.seat"]
            if seat:
                place = self.env.ref(f"kemenkes_workforce.demo_seat_{seat}")
            session = agent._start_work(place)
            begun = now - timedelta(minutes=worked)
            session.write({"start_date": begun, "status_date": begun})
            session.interval_ids.start_date = begun
            self._change(agent, kind, reason, now - timedelta(minutes=lasted))

    def _change(self, agent, kind, reason_name, date):
        status = self.env.ref(f"kemenkes_workforce.status_{kind}")
        reasons = status.reason_ids.with_context(lang="en_US")
        reason = reasons.filtered(lambda each: each.name == reason_name)
        if status != agent._work_session().status_id:
            agent._set_status(status, reason.with_context(lang=None), date=date)
