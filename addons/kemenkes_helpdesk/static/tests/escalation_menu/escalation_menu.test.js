import { expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { EscalationMenu } from "@kemenkes_helpdesk/escalation_menu/escalation_menu";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { registry } from "@web/core/registry";

const MENU = ".o_helpdesk_escalation_menu";

defineMailModels();

/** Mount the menu; returns what the server's bus would call. */
async function mountMenu({ isAgent = true, counts = {} } = {}) {
    const listeners = {};
    onRpc("res.users", "has_group", ({ args }) => isAgent && args[1] === "kemenkes_helpdesk.group_agent");
    onRpc("helpdesk.escalation", "get_waiting_counts", () => {
        expect.step("counts asked for");
        return counts;
    });
    mockService("bus_service", {
        subscribe: (name, listener) => (listeners[name] = listener),
        unsubscribe: (name) => delete listeners[name],
    });
    mockService("action", { doAction: (action) => expect.step(action) });
    await mountWithCleanup(EscalationMenu);
    return listeners;
}

test("it stands in the bar at the top", () => {
    expect(registry.category("systray").contains("kemenkes_helpdesk.escalation_menu")).toBe(true);
});

test("the sum over one's teams, and a click to their inbox", async () => {
    await mountMenu({ counts: { 4: 2, 7: 3 } });
    expect(`${MENU} .badge`).toHaveText("5");
    expect(MENU).toHaveAttribute("aria-label", /5/);
    await click(MENU);
    expect.verifySteps(["counts asked for", "kemenkes_helpdesk.helpdesk_escalation_action_inbox"]);
});

test("it comes, counts and goes as the server tells it", async () => {
    const listeners = await mountMenu();
    expect(MENU).toHaveCount(0);
    const tell = async (teamId, count) => {
        listeners["helpdesk.escalation/waiting"]({ team_id: teamId, count });
        await animationFrame();
    };
    await tell(4, 1);
    expect(`${MENU} .badge`).toHaveText("1");
    await tell(7, 2);
    expect(`${MENU} .badge`).toHaveText("3");
    await tell(4, 0);
    expect(`${MENU} .badge`).toHaveText("2");
    await tell(7, 0);
    expect(MENU).toHaveCount(0);
    expect.verifySteps(["counts asked for"]);
});

test("who is no agent has no inbox, and the server is not asked", async () => {
    await mountMenu({ isAgent: false, counts: { 4: 2 } });
    expect(MENU).toHaveCount(0);
    expect.verifySteps([]);
});
