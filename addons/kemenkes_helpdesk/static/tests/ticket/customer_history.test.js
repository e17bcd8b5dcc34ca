import { beforeEach, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, mockService, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    name = fields.Char();

    _records = [{ id: 3, name: "Third" }];
}

function ticket(id) {
    return {
        id,
        reference: `HD-2026-00000${id}`,
        subject: `Subject ${id}`,
        stage: "New",
        product: "SATUSEHAT",
        category: "",
        agent: "Ani",
        created: "2026-11-24 02:00:00",
    };
}

const PAGES = {
    0: {
        tickets: [ticket(3), ticket(2)],
        total: 3,
        identities: [{ kind: "phone", handle: "0812••••678" }],
        leads: [{ id: 9, name: "New hospital", stage: "Won" }],
    },
    2: { tickets: [ticket(1)], total: 3, identities: [], leads: [] },
};
const SAID = [
    { id: 21, direction: "in", author: "Siti", date: "2026-11-23 02:00:00", text: "OTP <b>tidak</b> masuk" },
    { id: 22, direction: "out", author: "Ani", date: "2026-11-23 02:05:00", text: "Silakan coba lagi" },
];

defineMailModels();
defineModels([HelpdeskTicket]);
beforeEach(() => {
    onRpc("has_group", () => true);
    onRpc("helpdesk.ticket", "get_customer_history", ({ args, kwargs }) => {
        expect.step(`history of ${args[0]} from ${kwargs.offset}`);
        return PAGES[kwargs.offset];
    });
    onRpc("helpdesk.ticket", "get_conversation", ({ args }) => {
        expect.step(`conversation of ${args[0]}`);
        return SAID;
    });
});

function mountForm() {
    return mountView({
        type: "form",
        resModel: "helpdesk.ticket",
        resId: 3,
        arch: `<form><field name="name" /><widget name="helpdesk_customer_history" /></form>`,
    });
}

test("the first page has tickets, handles and leads", async () => {
    await mountForm();
    expect.verifySteps(["history of 3 from 0"]);
    expect(".o_helpdesk_history strong:contains(HD-2026)").toHaveCount(2);
    expect(".o_helpdesk_history .badge.border").toHaveText("phone: 0812••••678");
    expect(".o_helpdesk_history").toHaveText(/New hospital/);
    expect(".o_helpdesk_history").not.toHaveText(/:\d\d:\d\d/, { message: "times to the minute" });
    expect(".o_helpdesk_history .text-bg-info").toHaveCount(1, { message: "one of them is the ticket on the screen" });
});

test("older tickets come when they are asked for", async () => {
    await mountForm();
    await click(".o_helpdesk_history > button");
    await animationFrame();
    expect.verifySteps(["history of 3 from 0", "history of 3 from 2"]);
    expect(".o_helpdesk_history strong:contains(HD-2026)").toHaveCount(3);
    expect(".o_helpdesk_history > button").toHaveCount(0, { message: "there are no more" });
});

test("a conversation unfolds and folds; what was said is text, never markup", async () => {
    await mountForm();
    await click("[aria-expanded]:eq(1)");
    await animationFrame();
    expect.verifySteps(["history of 3 from 0", "conversation of 2"]);
    expect("[aria-expanded='true']").toHaveCount(1);
    expect(".o_helpdesk_history_text:eq(0)").toHaveText("OTP <b>tidak</b> masuk");
    expect(".o_helpdesk_history_text b").toHaveCount(0);
    await click("[aria-expanded]:eq(1)");
    await animationFrame();
    expect(".o_helpdesk_history_text").toHaveCount(0);
    expect.verifySteps([]);
});

test("another ticket of the customer opens", async () => {
    mockService("action", {
        doAction(action) {
            expect.step(`open ${action.res_model} ${action.res_id}`);
        },
    });
    await mountForm();
    await click(".o_helpdesk_history .btn-sm:eq(0)");
    expect.verifySteps(["history of 3 from 0", "open helpdesk.ticket 2"]);
});
