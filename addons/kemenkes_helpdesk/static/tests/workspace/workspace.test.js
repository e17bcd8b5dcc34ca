import { beforeEach, expect, getFixture, test } from "@odoo/hoot";
import { click, edit, press, queryAll, queryFirst, scroll } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { markup, onWillDestroy } from "@odoo/owl";
import { defineMailModels, dragenterFiles, dropFiles, pasteFiles } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { ConnectionLostError } from "@web/core/network/rpc";
import {
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { WorkspaceComposer } from "@kemenkes_helpdesk/workspace/composer/workspace_composer";
import { OutboxStrip } from "@kemenkes_helpdesk/workspace/outbox/outbox_strip";
import { Workspace } from "@kemenkes_helpdesk/workspace/workspace";
import { answer, conversation, row, ticket } from "./workspace_data";

defineMailModels();
// what is sent has its emojis put in first: from the server itself, which takes longer than a frame
preloadBundle("web.assets_emoji");

const COUNTS = { mine: 5000, team: 3, mine_waiting: 0, mine_solved: 20000 };
const queues = (counts) => Object.entries(counts).map(([key, count]) => ({ key, count, label: "", is_own: false }));
let posted, drafts, isConnected, workspace;

beforeEach(() => {
    mockDate("2026-11-24 10:00:00", 0);
    browser.localStorage.clear();
    posted = [];
    drafts = [];
    isConnected = true;
    onRpc("has_group", () => false);
    onRpc("/helpdesk/handling", () => ({ now: 0, measured: false, idle_seconds: 60, report_seconds: 30 }));
    onRpc("helpdesk.workspace", "get_start", () => ({
        queues: queues(COUNTS),
        user_id: 2,
        team_ids: [1],
        may_answer: true,
    }));
    onRpc("helpdesk.workspace", "get_queue_rows", ({ args: [key, offset, limit] }) => ({
        rows: Array.from({ length: Math.min(limit, COUNTS[key] - offset) }, (_, index) => row(offset + index + 1)),
        count: COUNTS[key],
    }));
    onRpc("helpdesk.workspace", "get_queues", () => queues({ ...COUNTS, team: 2 }));
    onRpc("helpdesk.workspace", "get_ticket", ({ args: [id] }) => answer(id));
    onRpc("helpdesk.workspace", "peek_ticket", ({ args: [id] }) => answer(id));
    onRpc("helpdesk.workspace", "refresh_ticket", ({ args: [id] }) => ticket(id));
    onRpc("helpdesk.workspace", "announce", () => true);
    onRpc("helpdesk.workspace", "save_draft", ({ args }) => drafts.push(args));
    onRpc("helpdesk.ticket", "action_solve", () => true);
    onRpc("/mail/message/post", async (request) => {
        if (!isConnected) {
            // an error that is thrown here would be one of the server; this is what rpc takes for a lost connection
            return new Response("", { status: 502 });
        }
        const { params } = await request.json();
        posted.push(params);
        return {
            store_data: { "mail.message": [{ id: 900 + posted.length, body: "" }] },
            message_id: 900 + posted.length,
        };
    });
});

async function mountWorkspace() {
    Object.assign(getFixture().style, { display: "block", height: "700px", width: "1366px" });
    workspace = await mountWithCleanup(Workspace, { props: { action: { context: {} } } });
    await animationFrame();
    await animationFrame();
}

/** Everything that is kept on this computer. */
function kept() {
    const { localStorage } = browser;
    return Array.from({ length: localStorage.length }, (_, index) => localStorage.getItem(localStorage.key(index)));
}

async function openFirst() {
    await click(".o_helpdesk_row:first");
    await animationFrame();
    await animationFrame();
}

async function write(text) {
    await click(".o-mail-Composer-input");
    await edit(text);
    await animationFrame();
}

async function send() {
    await press(["ctrl", "enter"]);
    await animationFrame();
}

test("thousands of rows, of which only those on the screen are in the page", async () => {
    await mountWorkspace();
    expect(queryAll(".o_helpdesk_row").length).toBeLessThan(40);
    expect(".o_helpdesk_row:first").toHaveText(/Customer 1[^]*Subject 1[^]*Words 1/);
    await scroll(".o_helpdesk_rows", { y: 84 * 4000 });
    await animationFrame();
    await animationFrame();
    expect(queryAll(".o_helpdesk_row").length).toBeLessThan(40);
    expect(".o_helpdesk_row[data-ticket='4001']").toHaveCount(1);
});

test("counters, which say when they are not exact", async () => {
    await mountWorkspace();
    expect("[data-queue=team] .o_helpdesk_queue_count").toHaveText("3");
    expect("[data-queue=mine_solved] .o_helpdesk_queue_count").toHaveText(/10[.,]000\+/);
});

test("what the bus tells: the row at once, order and counters a moment later", async () => {
    await mountWorkspace();
    const asked = [];
    onRpc("helpdesk.workspace", "get_queue_rows", ({ args: [, offset] }) => {
        asked.push(offset);
        return { rows: [row(2, { waiting_since: "2026-11-24 09:59:00" }), row(1)], count: 2 };
    });
    workspace.store.applyChange({ rows: [{ id: 2, team_id: 1, user_id: 2, stage_kind: "solved" }] });
    await animationFrame();
    expect(".o_helpdesk_row[data-ticket='2'].o_done").toHaveCount(1);
    await advanceTime(500);
    await animationFrame();
    expect(asked).toEqual([0]);
    expect(".o_helpdesk_row:first .o_helpdesk_row_unread").toHaveCount(1);
    await advanceTime(3100);
    await animationFrame();
    expect("[data-queue=team] .o_helpdesk_queue_count").toHaveText("2");
});

test("tickets of others that belong to no row change nothing", async () => {
    await mountWorkspace();
    onRpc("helpdesk.workspace", "get_queue_rows", () => expect.step("read"));
    workspace.store.applyChange({ rows: [{ id: 99999, team_id: 1, user_id: 7, stage_kind: "open" }] });
    await advanceTime(500);
    expect.verifySteps([]);
});

test("the time that is left counts down without asking", async () => {
    onRpc("helpdesk.workspace", "get_queue_rows", () => ({
        rows: [row(1, { next_due_date: "2026-11-24 10:10:00" })],
        count: 1,
    }));
    await mountWorkspace();
    expect(".o_helpdesk_row_due").toHaveText(/^(10:00|09:5\d)$/);
    await advanceTime(60000);
    await animationFrame();
    expect(".o_helpdesk_row_due").toHaveText(/^(09:00|08:5\d)$/);
});

test("single keys go from ticket to ticket, and not while one writes", async () => {
    await mountWorkspace();
    await press("j");
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_ticket_header").toHaveText(/Subject 1/);
    await press("j");
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_ticket_header").toHaveText(/Subject 2/);
    await write("jjj");
    expect(".o_helpdesk_ticket_header").toHaveText(/Subject 2/);
    expect(".o-mail-Composer-input").toHaveValue("jjj");
});

test("an answer can be taken back for some seconds, then it is sent with its key", async () => {
    await mountWorkspace();
    await openFirst();
    await write("Halo");
    await send();
    expect(".o_helpdesk_outbox_item[data-state=held]").toHaveText(/Halo/);
    await click(".o_helpdesk_undo");
    await animationFrame();
    expect(".o-mail-Composer-input").toHaveValue("Halo");
    expect(posted).toHaveLength(0);
    await click(".o-mail-Composer-input");
    await send();
    await advanceTime(6000);
    await animationFrame();
    expect(posted).toHaveLength(1);
    expect(posted[0].context.helpdesk_sending.key).toMatch(/^[0-9a-f]{32}$/);
    expect(".o_helpdesk_outbox_item").toHaveCount(0);
});

test("an answer that is sent before the page has drawn it is gone from the composer", async () => {
    await mountWorkspace();
    await openFirst();
    const composer = queryFirst(".o-mail-Composer-input");
    composer.value = "Ditempel dan langsung dikirim";
    composer.dispatchEvent(new InputEvent("input", { bubbles: true }));
    composer.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_outbox_words").toHaveText(/Ditempel dan langsung dikirim/);
    expect(".o-mail-Composer-input").toHaveValue("");
});

test("what is taken back stands in the composer again, with its files", async () => {
    await mountWorkspace();
    await openFirst();
    const files = [{ id: 7, name: "bukti.txt", mimetype: "text/plain" }];
    workspace.store.putBack({ ticketId: 1, text: "Halo", files, isNote: false });
    await animationFrame();
    expect(".o-mail-Composer-input").toHaveValue("Halo");
    expect(".o_helpdesk_composer .o-mail-AttachmentContainer").toHaveText(/bukti/);
});

test("files are pasted into the answer, or dropped anywhere on the conversation", async () => {
    await mountWorkspace();
    await openFirst();
    getService("mail.attachment_upload").upload = (thread, _composer, file) => expect.step(`${thread.id} ${file.name}`);
    const file = (name) => new File(["?"], name, { type: "image/png" });
    await pasteFiles(".o-mail-Composer-input", [file("layar.png")]);
    await dragenterFiles(".o_helpdesk_conversation", [file("kartu.png")]);
    await dropFiles(".o-Dropzone", [file("kartu.png")]);
    await animationFrame();
    expect.verifySteps(["1 layar.png", "1 kartu.png"]);
});

test("a ticket that was here is shown before its answer, and drawn again only where that says something else", async () => {
    await mountWorkspace();
    await openFirst();
    const former = workspace.store.ticket;
    await press("j");
    await animationFrame();
    await animationFrame();
    await press("k");
    expect(workspace.store.ticket).toBe(former);
    await advanceTime(1000);
    expect(workspace.store.ticket).toBe(former);
    onRpc("helpdesk.workspace", "get_ticket", ({ args: [id] }) => answer(id, { subject: "Subject anew" }));
    await workspace.store.openTicket(1);
    expect(workspace.store.ticket.subject).toBe("Subject anew");
});

test("without a connection it waits, survives the page, and is sent once", async () => {
    await mountWorkspace();
    await openFirst();
    isConnected = false;
    await write("Halo");
    await send();
    await advanceTime(6000);
    await animationFrame();
    expect(".o_helpdesk_outbox_item[data-state=waiting]").toHaveCount(1);
    const [item] = JSON.parse(kept().find((text) => text.includes('"dueAt"')));
    expect(item.text).toBe("Halo");
    isConnected = true;
    workspace.store.outbox.retry();
    await animationFrame();
    await animationFrame();
    expect(posted).toHaveLength(1);
    expect(posted[0].context.helpdesk_sending.key).toBe(item.key);
    expect(".o_helpdesk_outbox_item").toHaveCount(0);
});

test("a server that had no turn for it is asked again, one that says no is not", async () => {
    await mountWorkspace();
    await openFirst();
    const errors = ["psycopg2.errors.SerializationFailure", "odoo.exceptions.UserError"];
    onRpc("/mail/message/post", async () => {
        expect.step("asked");
        throw makeServerError({ errorName: errors.shift(), message: "Why not" });
    });
    await write("Halo");
    await send();
    await advanceTime(6000);
    await animationFrame();
    expect(".o_helpdesk_outbox_item[data-state=waiting]").toHaveText(/The server is busy/);
    await advanceTime(6000);
    await animationFrame();
    expect(".o_helpdesk_outbox_item[data-state=refused]").toHaveText(/Why not/);
    await advanceTime(6000);
    expect.verifySteps(["asked", "asked"]);
});

test("what follows an answer is made up for when the connection breaks off between the two", async () => {
    await mountWorkspace();
    await openFirst();
    const { outbox } = workspace.store;
    let isBroken = true;
    outbox.hooks.onSent = () => {
        if (isBroken) {
            throw new ConnectionLostError("/");
        }
        expect.step("followed");
    };
    await write("Halo");
    await send();
    await advanceTime(6000);
    await animationFrame();
    expect(posted).toHaveLength(1);
    expect(outbox.items).toHaveLength(1);
    expect(".o_helpdesk_outbox_item").toHaveCount(0);
    isBroken = false;
    outbox.retry();
    await animationFrame();
    await animationFrame();
    expect.verifySteps(["followed"]);
    expect(posted[1].context.helpdesk_sending.key).toBe(posted[0].context.helpdesk_sending.key);
    expect(outbox.items).toHaveLength(0);
});

test("what is typed is kept here and on the server", async () => {
    await mountWorkspace();
    await openFirst();
    await write("Yth. Ibu Siti");
    await advanceTime(400);
    expect(kept().some((text) => text.includes("Yth. Ibu Siti"))).toBe(true);
    await advanceTime(3000);
    expect(drafts.at(-1)).toEqual([1, "Yth. Ibu Siti"]);
});

test("a composer goes with its ticket, though its draft is kept after that", async () => {
    const composers = [];
    patchWithCleanup(WorkspaceComposer.prototype, {
        setup() {
            super.setup();
            composers.push(this);
        },
    });
    await mountWorkspace();
    await openFirst();
    await write("Yth. Ibu Siti");
    await click(".o_helpdesk_row:eq(1)");
    await animationFrame();
    await animationFrame();
    await advanceTime(10000);
    const [gone] = composers;
    expect(drafts.at(-1)).toEqual([1, "Yth. Ibu Siti"]);
    expect(gone.__owl__.subscriptions.flatMap(({ keys }) => keys)).toEqual([]);
    // what Odoo's observer of the text asks for first
    Object.defineProperty(gone, "status", { get: () => expect.step("still observes") });
    gone.props.composer.composerHtml = markup("<p>Yth. Bapak Budi</p>");
    expect.verifySteps([]);
});

test("an answer that is sent at once and arrives later keeps nothing of its conversation", async () => {
    const strips = [];
    patchWithCleanup(OutboxStrip.prototype, {
        setup() {
            super.setup();
            strips.push(this);
        },
    });
    const arrived = new Deferred();
    onRpc("/mail/message/post", () => arrived.then(() => ({ store_data: {}, message_id: 901 })));
    await mountWorkspace();
    await openFirst();
    await write("Halo");
    await send();
    await animationFrame();
    await click(".o_helpdesk_outbox_item .btn-link");
    workspace.store.closeTicket();
    await animationFrame();
    expect(".o_helpdesk_composer").toHaveCount(0);

    arrived.resolve();
    await animationFrame();
    await animationFrame();

    expect(workspace.store.outbox.items).toHaveLength(0);
    const observed = strips.flatMap((strip) => strip.__owl__.subscriptions.flatMap(({ keys }) => keys));
    expect(observed).toEqual([]);
    expect(strips).toHaveLength(1);
});

test("the field that was written in last, which browsers remember, holds nothing of its ticket", async () => {
    await mountWorkspace();
    await openFirst();
    const field = queryFirst(".o-mail-Composer-input");
    await write("Yth. Ibu Siti");

    await click(".o_helpdesk_row:eq(1)");
    await animationFrame();
    await animationFrame();

    expect(queryFirst(".o-mail-Composer-input")).not.toBe(field);
    expect(field.parentNode).toBe(null);
    expect(Object.keys(field).filter((key) => key.startsWith("__event__"))).toEqual([]);
});

test("a menu of a message that looks at the page once more when it has gone does not stay at that", async () => {
    const gone = [];
    patchWithCleanup(Dropdown.prototype, {
        setup() {
            super.setup();
            if (this.env.inWorkspace) {
                onWillDestroy(() => this.uiService.activeElement && gone.push(this));
            }
        },
    });
    await mountWorkspace();
    await openFirst();

    await click(".o_helpdesk_row:eq(1)");
    await animationFrame();
    await animationFrame();

    const observed = gone.flatMap((menu) => menu.__owl__.subscriptions.flatMap(({ keys }) => keys));
    expect(observed).toEqual([]);
    expect(gone.length).toBeGreaterThan(0);
});

test("placeholders are shown as the customer will read them", async () => {
    await mountWorkspace();
    await openFirst();
    await write("Yth. {{customer}}, {{unknown}}");
    expect(".o_helpdesk_preview").toHaveText(/Yth. Customer 1, {{unknown}}/);
});

test("solving offers the next ticket, a key away", async () => {
    await mountWorkspace();
    await openFirst();
    await press("e");
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_next").toHaveText(/Done with HD-2026-000001[^]*Customer 2/);
    expect(".o_helpdesk_next_open").toBeFocused();
    await press("enter");
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_ticket_header").toHaveText(/Subject 2/);
});

test("after the last ticket the next one is from the top, and none that is about to be solved", async () => {
    onRpc("helpdesk.workspace", "get_queue_rows", () => ({ rows: [row(1), row(2), row(3)], count: 3 }));
    await mountWorkspace();
    await openFirst();
    await write("Halo");
    await press(["ctrl", "shift", "enter"]);
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_next").toHaveText(/Customer 2/);
    await click(".o_helpdesk_row[data-ticket='3']");
    await animationFrame();
    await animationFrame();
    await workspace.store.act("action_solve");
    await animationFrame();
    expect(".o_helpdesk_next").toHaveText(/Customer 2/);
});

test("colleagues who look at the ticket or write on it", async () => {
    await mountWorkspace();
    await openFirst();
    workspace.store.watchers.take({ ticket_id: 1, user_id: 7, name: "Bima", state: "looking" });
    await animationFrame();
    expect(".o_helpdesk_watchers").toHaveText("Bima looks at it too");
    workspace.store.watchers.take({ ticket_id: 1, user_id: 7, name: "Bima", state: "typing" });
    await animationFrame();
    expect(".o_helpdesk_watchers").toHaveText(/Bima is writing/);
    workspace.store.watchers.take({ ticket_id: 1, user_id: 7, name: "Bima", state: "left" });
    await animationFrame();
    expect(queryFirst(".o_helpdesk_watchers").textContent.trim()).toBe("");
});

test("all keys are listed with ?, and single ones can be switched off", async () => {
    await mountWorkspace();
    await press("?");
    await animationFrame();
    expect(".o_helpdesk_shortcuts").toHaveText(/Next ticket/);
    await click("#o_helpdesk_single_keys");
    await press("escape");
    await animationFrame();
    await press("j");
    await animationFrame();
    expect(".o_helpdesk_ticket_header").toHaveCount(0);
});

test("reopened after much was said there is no gap; of tickets that were left little is kept", async () => {
    await mountWorkspace();
    const { store } = workspace;
    const thread = store.thread(1);
    const shown = () => [thread.messages.at(0)?.id, thread.messages.at(-1)?.id, thread.messages.length];
    store.takeMessages(1, conversation(1, 11, 40));
    store.takeMessages(1, conversation(1, 21, 50));
    expect(shown()).toEqual([11, 50, 40]);
    store.takeMessages(1, conversation(1, 71, 100));
    expect(shown()).toEqual([71, 100, 30]);
    expect(thread.loadOlder).toBe(true);
    store.takeMessages(1, conversation(1, 81, 110));
    store.forgetMessages(1, 30);
    expect(shown()).toEqual([81, 110, 30]);
    const raws = thread.messages.map((message) => message._raw);
    expect(thread.messages.every(({ richBody }) => String(richBody))).toBe(true);
    store.mail["mail.notification"].insert({ id: 7, mail_message_id: 105 });
    store.forgetMessages(1, 0);
    expect(shown()).toEqual([undefined, undefined, 0]);
    expect(store.mail["mail.message"].get(100)).toBe(undefined);
    // what messages observe lives on and would keep them
    raws.forEach((raw) => (raw._.requestCompute = (_record, field) => expect.step(`still works out ${field}`)));
    const { emojiLoader } = store.mail;
    const { loaded } = emojiLoader;
    emojiLoader.loaded = !loaded;
    emojiLoader.loaded = loaded;
    expect.verifySteps([]);
    expect(store.mail["mail.notification"].get(7)).toBe(undefined);
});

test("what happened stands between the messages, once it is asked for", async () => {
    const thread = { model: "helpdesk.ticket", id: 1 };
    const said = [1, 2].map((id) => ({ id, body: `Words ${id}`, date: `2026-11-24 0${id}:00:00`, thread }));
    onRpc("helpdesk.workspace", "get_ticket", () => ({
        ...answer(1),
        store: { "mail.message": said },
        message_ids: [2, 1],
    }));
    await mountWorkspace();
    await openFirst();
    expect(".o_helpdesk_between").toHaveCount(0);
    const happened = (id, date, kind = "stage_changed") => ({ id, date, kind, user_id: [2, "Ayu"], description: kind });
    workspace.store.ledger = {
        ticketId: 1,
        rows: [
            happened(9, "2026-11-24 03:00:00", "assigned"),
            happened(8, "2026-11-24 02:00:00", "message_out"),
            happened(7, "2026-11-24 01:30:00"),
        ],
    };
    await animationFrame();
    await animationFrame();
    // in the order in which they stand there
    const lines = getFixture().querySelectorAll(".o-mail-Message-body, .o_helpdesk_between span:last-child");
    expect([...lines].map(({ textContent }) => textContent.trim())).toEqual([
        "Words 1",
        "stage_changed",
        "Words 2",
        "assigned",
    ]);
});
