from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.kemenkes_helpdesk.tests.common import HelpdeskCase

# Reads the countdown of a ticket twice; counts what is asked of the server meanwhile.
COUNTDOWN = """
(async () => {
    const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const due = () =>
        [...document.querySelectorAll(".o_data_row")]
            .find((row) => row.textContent.includes("%(ref)s"))
            ?.querySelector("td[name=next_due_date] .o_helpdesk_due");
    for (let tries = 0; !due() && tries < 100; tries++) {
        await wait(100);
    }
    const requests = [];
    const fetched = window.fetch;
    window.fetch = (...parameters) => {
        requests.push(String(parameters[0]));
        return fetched(...parameters);
    };
    const first = due().textContent;
    await wait(2500);
    const second = due().textContent;
    if (!/^\\s*(29|30):\\d\\d\\s*$/.test(first) || first === second) {
        throw new Error(`no countdown: ${first}, then ${second}`);
    }
    if (requests.length) {
        throw new Error(`asked the server: ${requests}`);
    }
    if (!due().classList.contains("text-warning-emphasis")) {
        throw new Error("a due time within the hour has no colour");
    }
    console.log("test successful");
})();
"""


@tagged("post_install", "-at_install")
class TestSlaScreens(HelpdeskCase, HttpCase):
    """R14: due times on the screen."""

    def test_countdown_in_the_list(self):
        """R14: the browser counts down by itself, and the most urgent comes first."""
        self.env["helpdesk.sla"].create(
            {"name": "First response", "target": "first_response", "minutes": 30, "active": True}
        )
        self.env.flush_all()
        ticket = self.create_ticket()
        self.assertAlmostEqual(
            ticket.next_due_date, fields.Datetime.now() + timedelta(minutes=30), delta=timedelta(seconds=9)
        )
        self.browser_js(
            "/odoo/action-kemenkes_sla.helpdesk_ticket_action_due",
            COUNTDOWN % {"ref": ticket.ticket_ref},
            login="test_agent",
        )

    def test_the_queue_is_in_order_of_due_times(self):
        """R14: what breaches next is on top; what has no due time or is done is not there."""
        action = self.env.ref("kemenkes_sla.helpdesk_ticket_action_due")
        arch = self.env["helpdesk.ticket"].get_view(action.view_ids[0].view_id.id, "list")["arch"]
        self.assertIn('default_order="next_due_date, id"', arch)
        # on a phone
        arch = self.env["helpdesk.ticket"].get_view(action.view_ids[1].view_id.id, "kanban")["arch"]
        self.assertIn('default_order="next_due_date, id"', arch)
        late, soon, later, none = (self.create_ticket(name=name) for name in ("late", "soon", "later", "none"))
        now = fields.Datetime.now()
        for ticket, hours in ((late, -2), (soon, 1), (later, 5)):
            ticket.next_due_date = now + timedelta(hours=hours)
        domain = [("next_due_date", "!=", False), ("stage_kind", "not in", ("solved", "closed"))]
        found = self.env["helpdesk.ticket"].search(domain, order="next_due_date, id")
        ours = found.filtered(lambda ticket: ticket in late | soon | later | none)
        self.assertEqual(ours.mapped("name"), ["late", "soon", "later"])

    def test_policy_and_clocks_open_in_every_view(self):
        """The forms and lists load for the roles that have them."""
        for login, model, views in (
            ("supervisor", "helpdesk.sla", ["list", "kanban", "form", "search"]),
            ("agent", "helpdesk.sla", ["list", "form"]),
            ("agent", "helpdesk.sla.status", ["list", "search"]),
            ("supervisor", "helpdesk.sla.try", ["form"]),
            ("supervisor", "helpdesk.sla.apply", ["form"]),
            ("agent", "helpdesk.ticket", ["list", "form", "kanban", "search"]),
        ):
            records = self.env[model].with_user(self.users[login])
            for view in views:
                self.assertTrue(records.get_view(view_type=view)["arch"], (model, view))
