import { after, beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, press } from "@odoo/hoot-dom";
import { advanceTime, Deferred, animationFrame } from "@odoo/hoot-mock";
import { Component, reactive, useState, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { browser } from "@web/core/browser/browser";
import { makeMockEnv, mountWithCleanup, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";

import { AnswersPanel } from "@kemenkes_helpdesk/workspace/panels/answers_panel";
import { CategoryPicker } from "@kemenkes_helpdesk/workspace/panels/category_picker";
import { Notices } from "@kemenkes_helpdesk/workspace/notices/notices";

defineMailModels();
beforeEach(() => onRpc("has_group", () => true));

const CATEGORIES = [
    { id: 1, path: ["Akun"], product_ids: [] },
    { id: 2, path: ["Akun", "Tidak bisa masuk"], product_ids: [] },
    { id: 3, path: ["Imunisasi", "Tidak terdaftar"], product_ids: [] },
];

function answer(values) {
    return {
        ticket_id: 8,
        reference: "HD-8",
        subject: "Kode <b>OTP</b>",
        category: "",
        solved: "2026-11-20 02:00:00",
        text: "Halo {{customer}}",
        is_proven: true,
        times: 2,
        ...values,
    };
}

/** A workspace of which only what panels use is there. */
function makeStore(answers) {
    const composer = {
        composerText: "",
        autofocus: 0,
        insertText(text, position) {
            this.composerText = this.composerText.slice(0, position) + text;
        },
    };
    return {
        mayAnswer: true,
        composer,
        call: (method, ticketId) => {
            expect.step(`${method} ${ticketId}`);
            return answers[ticketId];
        },
        thread: () => ({ composer }),
        openTicket: (ticketId) => expect.step(`open ${ticketId}`),
    };
}

/** Two panels of one ticket, as in the column. */
class Column extends Component {
    static template = xml`
        <AnswersPanel ticket="state.ticket" store="props.store" />
        <AnswersPanel ticket="state.ticket" store="props.store" />`;
    static components = { AnswersPanel };
    static props = { store: Object, state: Object };

    setup() {
        this.state = useState(this.props.state);
    }
}

test("an answer is inserted behind what was written; its subject is text, never markup", async () => {
    const store = makeStore({ 3: { answers: [answer()] } });
    await mountWithCleanup(AnswersPanel, { props: { store, ticket: { id: 3 } } });
    await animationFrame();
    expect(".o_helpdesk_answer_subject").toHaveText("Kode <b>OTP</b>");
    expect(".o_helpdesk_proven").toHaveCount(1);
    await click(".o_helpdesk_insert");
    expect(store.composer.composerText).toBe("Halo {{customer}}");
    store.composer.composerText = "Selamat pagi.";
    await click(".o_helpdesk_insert");
    expect(store.composer.composerText).toBe("Selamat pagi.\n\nHalo {{customer}}");
    expect.verifySteps(["get_surroundings 3"]);
});

test("panels of one ticket ask once; an answer that comes late is another ticket's", async () => {
    const slow = new Deferred();
    const state = reactive({ ticket: { id: 3 } });
    const store = makeStore({ 3: slow, 4: { answers: [] } });
    await mountWithCleanup(Column, { props: { store, state } });
    expect("[aria-busy]").toHaveCount(2);
    state.ticket = { id: 4 };
    await animationFrame();
    await animationFrame();
    expect(".o_helpdesk_answers p").toHaveCount(2);
    slow.resolve({ answers: [answer()] });
    await animationFrame();
    expect(".o_helpdesk_answer").toHaveCount(0);
    expect.verifySteps(["get_surroundings 3", "get_surroundings 4"]);
});

test("what could not be read is asked for again by a click", async () => {
    let isBroken = true;
    const store = makeStore({});
    store.call = async () => {
        if (isBroken) {
            throw new Error("no connection");
        }
        return { answers: [answer()] };
    };
    await mountWithCleanup(AnswersPanel, { props: { store, ticket: { id: 3 } } });
    await animationFrame();
    isBroken = false;
    await click(".o_helpdesk_answers button");
    await animationFrame();
    expect(".o_helpdesk_answer").toHaveCount(1);
});

test("a category by keyboard: type, arrow, Enter; Escape leaves it as it was", async () => {
    await mountWithCleanup(CategoryPicker, {
        props: {
            categories: CATEGORIES,
            productId: false,
            current: false,
            choose: ({ id }) => expect.step(`chosen ${id}`),
            close: () => expect.step("closed"),
        },
    });
    expect("input").toBeFocused();
    await edit("tidak");
    await animationFrame();
    expect("[role=option]").toHaveCount(2);
    expect('[aria-selected="true"]').toHaveText("Akun / Tidak bisa masuk");
    await press("ArrowDown");
    await animationFrame();
    expect('[aria-selected="true"]').toHaveText("Imunisasi / Tidak terdaftar");
    await press("Enter");
    await press("Escape");
    expect.verifySteps(["chosen 3", "closed"]);
});

test("the agent hears of customers on own tickets, once for each message", async () => {
    await makeMockEnv();
    const orm = {
        silent: { read: async (_model, [id]) => [{ ticket_ref: `HD-${id}` }] },
    };
    const notices = new Notices(
        { userId: 5, ticketId: 1, openTicket: () => {} },
        {
            orm,
            bus: { subscribe() {} },
            sound: { play: (name) => expect.step(name) },
            permission: { permission: "prompt" },
            notification: { add: (words) => expect.step(String(words)) },
        },
    );
    notices.isMuted = false;
    notices.start("2026-11-24 03:00:00");
    const row = (values) => ({ id: 2, user_id: 5, customer_wrote: "2026-11-24 03:05:00", ...values });
    await notices.take(row());
    await notices.take(row());
    await notices.take(row({ id: 3, user_id: 6 }));
    await notices.take(row({ id: 4, customer_wrote: "2026-11-24 02:00:00" }));
    await notices.take(row({ id: 6, customer_wrote: undefined }));
    notices.isToldElsewhere = (ticketId) => ticketId === 7;
    await notices.take(row({ id: 7 }));
    expect.verifySteps(["new-message", "The customer has written on HD-2"]);
    // an outage: one sound, and one sentence for all
    for (const id of [8, 9, 10, 9]) {
        await notices.take(row({ id, customer_wrote: `2026-11-24 03:06:0${id % 8}` }));
        // on a busy page timers come late
        notices.shownAt = 0;
    }
    expect.verifySteps([]);
    await advanceTime(3000);
    expect.verifySteps(["Customers have written on 3 of your tickets"]);
});

test("while nobody looks at the page the browser tells of it, without the customer's words; a click opens the ticket", async () => {
    await makeMockEnv();
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    after(() => delete document.visibilityState);
    let shown;
    patchWithCleanup(browser, {
        Notification: class extends EventTarget {
            constructor(words, { tag }) {
                super();
                shown = this;
                expect.step(`${words} (${tag})`);
            }

            close() {
                expect.step("closed");
            }
        },
    });
    const notices = new Notices(
        { userId: 5, ticketId: 2, openTicket: (ticketId) => expect.step(`open ${ticketId}`) },
        {
            orm: { silent: { read: async (_model, [id]) => [{ ticket_ref: `HD-${id}` }] } },
            bus: { subscribe() {} },
            sound: { play() {} },
            permission: { permission: "granted" },
        },
    );
    notices.start("2026-11-24 03:00:00");
    await notices.take({ id: 2, user_id: 5, customer_wrote: "2026-11-24 03:05:00", words: "Kode OTP saya 123456" });
    shown.dispatchEvent(new Event("click"));
    expect.verifySteps(["The customer has written on HD-2 (helpdesk.ticket_2)", "open 2", "closed"]);
});
