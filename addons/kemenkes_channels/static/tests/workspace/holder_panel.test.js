import { beforeEach, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { HolderPanel } from "@kemenkes_channels/workspace/holder_panel";

defineMailModels();
beforeEach(() => onRpc("has_group", () => true));

const store = { mayAnswer: true, callTicket: async (method) => expect.step(method) };

function ticket(values) {
    return {
        id: 1,
        holder: "people",
        holder_name: "",
        agent: false,
        may_write: true,
        can_give_to_bot: false,
        ...values,
    };
}

test("from the bot to a person and back", async () => {
    await mountWithCleanup(HolderPanel, {
        props: { store, ticket: ticket({ holder: "bot", holder_name: "Asisten" }) },
    });
    expect("p").toHaveText("Asisten answers the customer.");
    await click(".o_helpdesk_bot_take");
    expect.verifySteps(["action_take"]);
});

test("an agent hands back; the panel is there only where there is a bot", async () => {
    const agent = { id: 5, name: "Rina" };
    await mountWithCleanup(HolderPanel, { props: { store, ticket: ticket({ agent, can_give_to_bot: true }) } });
    expect("p").toHaveText("Rina answers the customer.");
    await click(".o_helpdesk_bot_give");
    expect.verifySteps(["action_give_to_bot"]);
    const { isShown } = registry.category("helpdesk_workspace_panels").get("holder");
    expect(isShown(ticket())).toBe(false);
});
