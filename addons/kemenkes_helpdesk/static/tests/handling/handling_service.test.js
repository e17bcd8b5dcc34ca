import { after, beforeEach, expect, mockSendBeacon, test } from "@odoo/hoot";
import { advanceTime, animationFrame, freezeTime, manuallyDispatchProgrammaticEvent } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    getService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { Component, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const NOON = 1772427600; // the server's clock, in seconds

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    name = fields.Char();

    _records = [
        { id: 3, name: "Third" },
        { id: 4, name: "Fourth" },
    ];
    _views = { form: `<form js_class="helpdesk_ticket_form"><field name="name" /></form>` };
}

defineMailModels();
defineModels([HelpdeskTicket]);

let window_, server, clock;

class Nothing extends Component {
    static template = xml`<div />`;
    static props = ["*"];
}

beforeEach(() => {
    window_ = { visible: true, focused: true };
    server = { measured: true, online: true };
    clock = 0;
    freezeTime(); // but for what the test lets pass
    onRpc("has_group", () => true);
    onRpc("/helpdesk/handling", async (request) => {
        if (!server.online) {
            throw new Error("offline");
        }
        const { params } = await request.json();
        expect.step(params.reports.map(told).join(", ") || "asks");
        return { now: NOON + clock, measured: server.measured, idle_seconds: 60, report_seconds: 30 };
    });
    mockSendBeacon((route, body) => {
        expect.step(`beacon to ${route}`);
        body.text().then((text) => expect.step(JSON.parse(text).params.reports.map(told).join(", ")));
        return true;
    });
    patchWithCleanup(document, { hasFocus: () => window_.focused });
    Object.defineProperty(document, "visibilityState", {
        configurable: true,
        get: () => (window_.visible ? "visible" : "hidden"),
    });
    after(() => delete document.visibilityState);
    patchWithCleanup(browser, { performance: { now: () => clock * 1000 } });
});

function told({ ticket, start, stop }) {
    return `${ticket}: ${start - NOON} to ${stop - NOON}`;
}

/** Time goes by, second by second. */
async function pass(seconds, { moving = true } = {}) {
    for (let second = 0; second < seconds; second++) {
        clock++;
        if (moving) {
            await manuallyDispatchProgrammaticEvent(window, "mousemove");
        }
        await advanceTime(1000);
    }
    await animationFrame();
}

async function begin(ticketId = 3) {
    await mountWithCleanup(Nothing);
    const leave = getService("helpdesk_handling").enter(ticketId);
    await animationFrame();
    expect.verifySteps(["asks"]);
    return leave;
}

async function setWindow(changes) {
    Object.assign(window_, changes);
    const name = window_.focused && window_.visible ? "focus" : "blur";
    await manuallyDispatchProgrammaticEvent(window, name);
    await manuallyDispatchProgrammaticEvent(document, "visibilitychange");
}

test("one request in half a minute tells what happened since", async () => {
    await begin();
    await pass(29);
    expect.verifySteps([]);
    await pass(1);
    expect.verifySteps(["3: 0 to 30"]);
    await pass(30);
    expect.verifySteps(["3: 30 to 60"]);
});

test("nothing is told when nothing happened", async () => {
    const leave = await begin();
    await pass(10);
    leave();
    await pass(20);
    expect.verifySteps(["3: 0 to 10"]);
    await pass(300);
    expect.verifySteps([]);
});

test("only the window in front counts", async () => {
    await begin();
    await pass(5);
    await setWindow({ focused: false });
    await pass(10);
    await setWindow({ focused: true });
    await pass(5);
    await setWindow({ visible: false });
    await pass(10);
    expect.verifySteps(["3: 0 to 5, 3: 15 to 20"]);
});

test("without mouse and keyboard the time is cut, and goes on with the next sign of life", async () => {
    await begin();
    await pass(10);
    await pass(200, { moving: false });
    expect.verifySteps(["3: 0 to 30", "3: 30 to 60", "3: 60 to 70"]);
    await pass(30);
    expect.verifySteps(["3: 211 to 240"]);
});

test("another ticket, and back", async () => {
    await begin();
    await pass(5);
    const leave = getService("helpdesk_handling").enter(4);
    await pass(5);
    leave();
    await pass(20);
    expect.verifySteps(["3: 0 to 5, 4: 5 to 10, 3: 10 to 30"]);
});

test("without a connection it is told later, unchanged", async () => {
    await begin();
    server.online = false;
    await pass(45);
    server.online = true;
    await pass(15);
    expect.verifySteps(["3: 0 to 30, 3: 30 to 60"]);
});

test("a window that closes tells the rest", async () => {
    await begin();
    await pass(12);
    await manuallyDispatchProgrammaticEvent(window, "pagehide");
    await animationFrame();
    expect.verifySteps(["beacon to /helpdesk/handling", "3: 0 to 12"]);
});

test("whose work is not measured tells nothing", async () => {
    server.measured = false;
    await begin();
    await pass(90);
    await manuallyDispatchProgrammaticEvent(window, "pagehide");
    expect.verifySteps([]);
});

test("the computer's own clock does not matter", async () => {
    mockDate("1999-01-01 00:00:00");
    await begin();
    await pass(30);
    expect.verifySteps(["3: 0 to 30"]);
});

test("the ticket form says which ticket is in front", async () => {
    await mountView({ type: "form", resModel: "helpdesk.ticket", resId: 3, resIds: [3, 4] });
    await animationFrame();
    expect.verifySteps(["asks"]);
    await pass(30);
    expect.verifySteps(["3: 0 to 30"]);
});
