import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, hover, queryAllTexts, queryText } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { allowTranslations, getService, mountWebClient, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { busService } from "@bus/services/bus_service";
import { clearTopBar, liveData, sessionOf, ticketRow } from "../monitor/live_data";

defineMailModels();

let handlers;

async function openFloor() {
    clearTopBar();
    await mountWebClient();
    await getService("action").doAction({ type: "ir.actions.client", tag: "kemenkes_workforce.floor" });
    await animationFrame();
    await advanceTime(1500); // the second look after the channel is open
    await animationFrame();
    expect.verifySteps(["reads", "reads"]);
}

async function hear(type, payload) {
    handlers[type](payload);
    await advanceTime(150);
    await animationFrame();
}

beforeEach(() => {
    allowTranslations();
    mockDate("2026-11-24 10:00:00.000", 0);
    handlers = {};
    patchWithCleanup(busService, {
        start() {
            const bus = super.start(...arguments);
            const subscribe = bus.subscribe.bind(bus);
            bus.subscribe = (type, handler) => {
                handlers[type] = handler;
                return subscribe(type, handler);
            };
            bus.addChannel = () => {};
            return bus;
        },
    });
    onRpc("has_group", () => true);
    onRpc("helpdesk.monitor", "get_live", () => {
        expect.step("reads");
        return liveData();
    });
    onRpc("helpdesk.monitor", "get_today", () => {
        expect.step("today");
        return {
            solved: 4,
            replies: 9,
            handled: 4,
            handling_seconds: 185,
            accepted: 9,
            rejected: 1,
            times: { ready: 600 },
            started: false,
        };
    });
    onRpc("helpdesk.ticket", "search_read", () => [
        { id: 101, ticket_ref: "T-101", name: "Tidak bisa masuk", channel_kind: "email" },
    ]);
});

const seat = (agentId) => `.o_helpdesk_live_seat[data-agent="${agentId}"]`;

test("who sits where, since when, with what: in words and figures, not in colours alone", async () => {
    await openFloor();
    expect(`${seat(21)} .o_helpdesk_seat_label`).toHaveText("Ready");
    expect(`${seat(21)} .o_helpdesk_elapsed`).toHaveText(/^5:0\d$/);
    expect(`${seat(21)} .o_helpdesk_seat_load`).toHaveText("1/2");
    expect(seat(21)).toHaveAttribute("aria-label", "Seat A1, Ayu Lestari, Ready, 2 tickets, 1 overdue");
    expect(".o_helpdesk_standing .o_helpdesk_seat_label").toHaveText("On the phone");
    expect(".o_kind_reserved").toHaveAttribute("aria-label", "Seat A3 of Citra Handayani, nobody there");
    expect(".o_kind_free").toHaveCount(1);
});

test("a message changes the seat; the server is not asked again", async () => {
    await openFloor();
    await hear(
        "helpdesk.floor/agent",
        sessionOf(21, { seat_id: 12, status_id: 3, kind: "break", reason_id: 31, since: "2026-11-24 10:00:00" }),
    );
    expect(`${seat(21)} .o_helpdesk_seat_number`).toHaveText("A2");
    expect(`${seat(21)} .o_helpdesk_seat_label`).toHaveText("Prayer");
    await hear("helpdesk.floor/tickets", { rows: [ticketRow(105, { user_id: 21 })], done: [ticketRow(101)] });
    expect(`${seat(21)} .o_helpdesk_seat_load`).toHaveText("1/2");
    expect.verifySteps([]);
});

test("it counts by itself, and what becomes overdue is marked", async () => {
    await openFloor();
    await advanceTime(31 * 60 * 1000);
    await animationFrame();
    expect(`${seat(21)} .o_helpdesk_elapsed`).toHaveText(/^36:\d\d$/);
    expect(seat(21)).toHaveAttribute("aria-label", /2 overdue/);
    expect.verifySteps([]);
});

test("figures of today when the pointer rests on a seat", async () => {
    await openFloor();
    await hover(seat(21));
    await advanceTime(400);
    await animationFrame();
    expect.verifySteps(["today"]);
    expect(queryText(".o_helpdesk_today")).toMatch(/Solved\s+4/);
    expect(queryText(".o_helpdesk_today")).toMatch(/3:05/);
});

test("statuses are counted, and one of them can be looked for", async () => {
    await openFloor();
    expect(".o_helpdesk_kind.o_kind_ready .o_helpdesk_kind_count").toHaveText("1");
    expect(".o_helpdesk_kind.o_kind_busy .o_helpdesk_kind_count").toHaveText("1");
    await click(".o_helpdesk_kind.o_kind_busy");
    await animationFrame();
    expect(seat(21)).toHaveClass("o_dimmed");
    expect(seat(22)).not.toHaveClass("o_dimmed");
});

test("a click opens the agent: tickets by one's own rights, whisper, take over", async () => {
    onRpc("helpdesk.monitor", "whisper", ({ args }) => {
        expect.step(`whispers ${args.join(", ")}`);
        return true;
    });
    onRpc("helpdesk.monitor", "take_over", ({ args }) => {
        expect.step(`takes ${args}`);
        return true;
    });
    await openFloor();
    await click(seat(21));
    await animationFrame();
    await advanceTime(10);
    await animationFrame();
    expect.verifySteps(["today"]);
    expect(queryAllTexts(".o_helpdesk_panel_tickets .text-truncate")).toEqual(["Tidak bisa masuk", "T-102"]);
    // whose subject stays hidden is named by its number, once
    expect(".o_helpdesk_panel_tickets li:contains(T-102) .text-muted").not.toHaveText(/T-102/);
    expect(".o_helpdesk_listen").toHaveCount(1);
    await click(".o_helpdesk_agent_panel textarea");
    await edit("Tanyakan NIK");
    await animationFrame();
    await click(".o_helpdesk_whisper_send");
    await animationFrame();
    expect.verifySteps(["whispers 21, Tanyakan NIK, false"]);
    await click('[data-ticket="101"] input');
    await animationFrame();
    await click(".o_helpdesk_take_over");
    await animationFrame();
    expect.verifySteps(["takes 101"]);
});
