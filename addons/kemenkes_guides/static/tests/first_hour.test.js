import { beforeEach, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { reactive } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { session } from "@web/session";
import { FirstHour } from "@kemenkes_guides/first_hour/first_hour";

defineMailModels();

let steps;

beforeEach(() => {
    patchWithCleanup(session, { helpdesk_first_hour: true });
    steps = ["work", "take", "answer"].map((key) => ({
        key,
        anchor: key,
        title: key,
        hint: `how ${key}`,
        is_done: false,
    }));
    onRpc("helpdesk.first.hour", "get_steps", () => steps);
    onRpc("helpdesk.first.hour", "hide", () => {
        expect.step("hide");
        return true;
    });
});

/** The steps are read a moment after a ticket was opened. */
async function read() {
    await animationFrame();
    await advanceTime(600);
    await animationFrame();
}

async function mountFirstHour() {
    const store = reactive({ ticketId: 1 });
    await mountWithCleanup(FirstHour, { props: { store } });
    await read();
    return store;
}

test("steps are read anew with each ticket, and ticked", async () => {
    const store = await mountFirstHour();
    expect(".o_helpdesk_first_hour b").toHaveText("0 of 3");
    steps = steps.map((step) => ({ ...step, is_done: step.key !== "answer" }));
    store.ticketId = 2;
    await read();
    expect(".o_helpdesk_first_hour b").toHaveText("2 of 3");
    await click(".o_helpdesk_first_hour");
    // what was done meanwhile is asked for before it opens
    await animationFrame();
    await animationFrame();
    expect(queryAllTexts(".o_helpdesk_step.o_done a")).toEqual(["work", "take"]);
    expect(".o_helpdesk_step[data-step=answer]").toHaveText(/how answer/);
    expect(".o_helpdesk_step[data-step=answer] a").toHaveAttribute("href", "/helpdesk/guide/agent#answer");
});

test("who hides the list is not asked again", async () => {
    const store = await mountFirstHour();
    await click(".o_helpdesk_first_hour");
    // what was done meanwhile is asked for before it opens
    await animationFrame();
    await animationFrame();
    await click(".o_helpdesk_first_hour_hide");
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_first_hour").toHaveCount(0);
    expect.verifySteps(["hide"]);
    store.ticketId = 3;
    await read();
    expect(".o_helpdesk_first_hour").toHaveCount(0);
});

test("nothing is asked for those who are not new", async () => {
    patchWithCleanup(session, { helpdesk_first_hour: false });
    onRpc("helpdesk.first.hour", "get_steps", () => {
        expect.step("asked");
        return [];
    });
    await mountFirstHour();
    expect(".o_helpdesk_first_hour").toHaveCount(0);
    expect.verifySteps([]);
});
