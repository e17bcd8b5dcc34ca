import { beforeEach, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    allowTranslations,
    getService,
    mockService,
    mountWebClient,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { busService } from "@bus/services/bus_service";
import { clearTopBar, liveData, ticketRow } from "../monitor/live_data";

defineMailModels();

let handlers;

beforeEach(async () => {
    allowTranslations();
    mockDate("2026-11-24 10:00:00.000", 0);
    handlers = {};
    patchWithCleanup(busService, {
        start() {
            const bus = super.start(...arguments);
            bus.subscribe = (type, handler) => (handlers[type] = handler);
            bus.addChannel = () => {};
            return bus;
        },
    });
    onRpc("helpdesk.monitor", "get_live", () => liveData());
    clearTopBar();
    await mountWebClient();
    await getService("action").doAction({ type: "ir.actions.client", tag: "kemenkes_workforce.desk" });
    await animationFrame();
    await advanceTime(1500);
    await animationFrame();
});

async function hear(type, payload) {
    handlers[type](payload);
    await advanceTime(150);
    await animationFrame();
}

const row = '.o_helpdesk_queues tr[data-team="1"]';

test("queues live: a message changes the figures", async () => {
    expect(`${row} .o_helpdesk_queue_waiting`).toHaveText("2");
    expect(`${row} td:eq(2)`).toHaveText("25% (4)");
    await hear("helpdesk.floor/tickets", { rows: [ticketRow(103, { user_id: 22 })], done: [] });
    expect(`${row} .o_helpdesk_queue_waiting`).toHaveText("1");
});

test("agents in the order of what they do, those who are away last", () => {
    expect(queryAllTexts(".o_helpdesk_agent_row .fw-bold.text-truncate")).toEqual([
        "Ayu Lestari",
        "Bima Saputra",
        "Citra Handayani",
    ]);
});

test("a crossed threshold is said in words, once, until it is good again", async () => {
    expect(".o_helpdesk_warnings").toHaveCount(0);
    await hear("helpdesk.floor/threshold", {
        id: 1,
        metric: "waiting",
        limit: 1,
        value: 2,
        site_id: 1,
        team_id: 1,
        crossed: "2026-11-24 10:00:00",
    });
    expect(".o_helpdesk_warnings li").toHaveText("First line tickets in the queue 2 (limit 1)");
    await hear("helpdesk.floor/threshold", {
        id: 1,
        metric: "waiting",
        limit: 1,
        value: 0,
        site_id: 1,
        team_id: 1,
        crossed: false,
    });
    expect(".o_helpdesk_warnings").toHaveCount(0);
});

test("chosen tickets of a queue go to the dialog that moves them", async () => {
    mockService("action", {
        doAction(action, { additionalContext }) {
            expect.step(`${action} ${additionalContext.active_ids}`);
        },
    });
    await click(`${row} button`);
    await animationFrame();
    expect(queryAllTexts(".o_helpdesk_queue_tickets tbody .btn-link")).toEqual(["T-104", "T-103"]);
    await click('.o_helpdesk_queue_tickets [aria-label="Choose all"]');
    await animationFrame();
    await click(".o_helpdesk_desk_move");
    expect.verifySteps(["kemenkes_workforce.helpdesk_redistribute_action 104,103"]);
});
