import json
import os
from pathlib import Path
from unittest import SkipTest

from odoo.tests import tagged

from odoo.addons.kemenkes_helpdesk.tests.tour_common import TourCase

# In the page: goes from state to state, light and dark, and says what axe finds serious or critical in each.
WALK = """
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const found = new Set();
const there = async (selector) => {
    for (let turn = 0; turn < 2000; turn++) {
        const element = document.querySelector(selector);
        if (element) {
            return element;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not on the screen: ${selector}`);
};
const gone = async (selector) => {
    while (document.querySelector(selector)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
};
const click = async (selector) => (await there(selector)).click();
const look = async (state) => {
    // what fades in has its colour then
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
    const place = document.querySelector(".modal") || document.querySelector(".o_helpdesk_workspace");
    const { violations } = await axe.run(place, { runOnly: RULES, resultTypes: ["violations"] });
    for (const { id, impact, nodes } of violations.filter(({ impact }) => ["serious", "critical"].includes(impact))) {
        for (const { html, any, all } of nodes) {
            found.add([`${state}: ${impact} ${id}`, html.slice(0, 300), (any[0] || all[0])?.message].join("\\n"));
        }
    }
};
const states = async (colours) => {
    await there(".o_helpdesk_row");
    await look(`${colours}, queue`);
    await click(`.o_helpdesk_row[data-ticket="${TICKET}"]`);
    await there(".o_helpdesk_panel_body");
    await there(".o-mail-Message");
    await gone(".o_helpdesk_panel_wait");
    await look(`${colours}, ticket`);
    await click(".o_helpdesk_write_note");
    await there(".o_helpdesk_composer.o_note");
    await look(`${colours}, note`);
    await click(".o_helpdesk_top .fa-keyboard-o");
    await there(".modal .btn-close");
    await look(`${colours}, keys`);
    await click(".modal .btn-close");
    await gone(".modal");
};
(async () => {
    await states("light");
    await click(".o_helpdesk_top .fa-moon-o");
    await there(".o_helpdesk_workspace.o_dark");
    await states("dark");
    if (found.size) {
        throw new Error([...found].join("\\n"));
    }
    console.log("test successful");
})().catch((error) => console.error(error.message));
"""


@tagged("post_install", "-at_install")
class TestWorkspaceAccessibility(TourCase):
    """R25: axe finds nothing serious in the agent's workspace with all that the addons hang in it, light and dark."""

    @classmethod
    def setUpClass(cls):
        if not os.environ.get("HELPDESK_AXE"):
            raise SkipTest("axe-core is not there")
        super().setUpClass()
        cls.axe = Path(os.environ["HELPDESK_AXE"]).read_text(encoding="utf-8")

    def test_nobody_is_shut_out(self):
        ticket = self.create_ticket(user_id=self.users["agent"].id, name="Tidak bisa masuk", priority="3")
        self.create_ticket(user_id=self.users["agent"].id, name="Tidak bisa masuk lagi")
        self.customer_says(ticket, "Kode OTP tidak masuk")
        self.agent_says(ticket, "Kami periksa sekarang")
        walk = WALK.replace("TICKET", json.dumps(ticket.id))
        self.browser_js(
            "/odoo/helpdesk-workspace",
            f"{self.axe}\n{walk}",
            login="test_agent",
            timeout=180,
        )
