from odoo.tests import tagged
from odoo.tools import SQL

from .parallel_common import ParallelHttpCase

CHILDREN = 12


@tagged("post_install", "-at_install")
class TestParallelIncident(ParallelHttpCase):
    """R27.b.4: an answer to all that is started twice at once reaches everybody once."""

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            env["res.users"].browse(self.people["ani"]).group_ids = [
                (4, env.ref("kemenkes_helpdesk.group_team_leader").id)
            ]
            values = {
                "team_id": self.team_id,
                "site_id": self.site_id,
                "product_id": self.product_id,
                "channel_id": self.channel_id,
            }
            incident = env["helpdesk.ticket"].create({**values, "name": "Login gagal", "is_incident": True})
            env["helpdesk.ticket"].create(
                [
                    {
                        **values,
                        "name": f"Login {number}",
                        "partner_email": f"warga{number}@{self.mark}.example",
                        "parent_id": incident.id,
                    }
                    for number in range(CHILDREN)
                ]
            )
            answer = env["helpdesk.incident.answer"].create({"incident_id": incident.id, "body": "<p>Pulih</p>"})
            self.incident_id, self.answer_id = incident.id, answer.id

    def recipients(self):
        with self.transaction() as env:
            children = env["helpdesk.ticket"].search([("parent_id", "=", self.incident_id)])
            rows = env["helpdesk.outbox.message"].search([("ticket_id", "in", children.ids)])
            self.assertEqual(set(env["helpdesk.incident.delivery"].search([]).mapped("state")), {"done"})
            return sorted(rows.mapped("recipient"))

    def everybody(self):
        return sorted(f"warga{number}@{self.mark}.example" for number in range(CHILDREN))

    def work_off(self, batch):
        """As the job does it: a batch is a transaction, and what met another one is done again."""

        def next_batch(env):
            return env["helpdesk.incident.delivery"]._deliver_next(batch)

        while self.replayed(next_batch):
            pass

    def send(self, browser):
        return self.call(browser, "helpdesk.incident.answer", "action_send", [self.answer_id])

    def test_the_button_pressed_twice_at_once(self):
        browsers = [self.log_in("ani"), self.log_in("ani")]
        results = self.at_once(*[lambda browser=browser: self.send(browser) for browser in browsers])
        self.assertEqual([message for _result, message in results], [None, None])
        self.work_off(100)
        self.assertEqual(self.recipients(), self.everybody())

    def test_two_jobs_at_once(self):
        self.send(self.log_in("ani"))
        self.at_once(*[lambda: self.work_off(2)] * 3)
        self.assertEqual(self.recipients(), self.everybody())

    def test_a_job_and_people_who_join_leave_and_write(self):
        """Everybody who was in it when it went out has it once, and nobody meets an error."""
        self.send(self.log_in("ani"))
        with self.transaction() as env:
            children = env["helpdesk.ticket"].search([("parent_id", "=", self.incident_id)], order="id")
            leaving, waiting = children[-1], children[:-1]
        browser = self.log_in("budi")

        def leave():
            return self.call(browser, "helpdesk.ticket", "action_leave_incident", [leaving.id])

        def join_again():
            return self.call(browser, "helpdesk.ticket", "action_take", waiting.ids[:3])

        results = self.at_once(lambda: self.work_off(3), lambda: self.work_off(3), leave, join_again)
        self.assertEqual([message for _result, message in results[2:]], [None, None])
        with self.transaction() as env:
            rows = env["helpdesk.outbox.message"].search([("ticket_id", "in", waiting.ids)])
            self.assertEqual(len(rows), CHILDREN - 1)
            late = env["helpdesk.outbox.message"].search_count([("ticket_id", "=", leaving.id)])
            listed = env["helpdesk.incident.delivery"].search_count([("ticket_id", "=", leaving.id)])
            self.assertEqual(late, listed, "answered, or taken off the list")

    def clean_up(self):
        with self.transaction() as env:
            self.remove_from_ledger(env, SQL("chain = %s", self.incident_id))
        super().clean_up()
