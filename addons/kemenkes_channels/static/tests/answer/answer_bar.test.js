import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { AnswerBar } from "@kemenkes_channels/answer/answer_bar";

defineMailModels();
let thread;

beforeEach(() => {
    mockDate("2026-11-24 10:00:00", 0);
    onRpc("has_group", () => true);
    const composer = {
        composerText: "",
        clear() {
            Object.assign(this, {
                composerText: "",
                helpdesk_answer: { ...this.helpdesk_answer, template: undefined },
            });
        },
    };
    thread = { id: 7, composer };
});

async function mountBar(limits) {
    const answer_limits = {
        kind: "whatsapp",
        channel_id: 1,
        ways: [],
        has_window: true,
        window_end: "2026-11-24 09:00:00",
        tag_end: false,
        templates: [
            {
                id: 3,
                name: "lanjut_percakapan",
                language: "id",
                body: "Halo {{1}}, balas pesan ini.",
                parameters: ["1"],
            },
        ],
        ...limits,
    };
    await mountWithCleanup(AnswerBar, { props: { thread, ticket: { answer_limits } } });
}

test("outside the window only a template goes, and what the customer reads stands in the composer", async () => {
    await mountBar();
    expect(".o_helpdesk_window_closed").toHaveCount(1);
    expect(thread.composer.helpdesk_answer.isClosed).toBe(true);
    await click(".o_helpdesk_templates");
    await animationFrame();
    expect(".o_helpdesk_template .fw-bold").toHaveText("Lanjut percakapan · id");
    await click(".o_helpdesk_template");
    await animationFrame();
    expect(".o_helpdesk_chosen label").toHaveText("Value 1");
    await click(".o_helpdesk_chosen input");
    await edit("Bapak Irfan");
    await animationFrame();
    expect(thread.composer.composerText).toBe("Halo Bapak Irfan, balas pesan ini.");
    expect(thread.composer.helpdesk_answer.values).toEqual({ 1: "Bapak Irfan" });
});

test("inside the window one writes freely, and sees for how long", async () => {
    await mountBar({ window_end: "2026-11-25 09:30:30" });
    expect(".o_helpdesk_window").toHaveText("23 h 30 min left to answer freely");
    expect(thread.composer.helpdesk_answer.isClosed).toBe(false);
});

test("a person may answer longer than a machine, where the service says so", async () => {
    await mountBar({ kind: "messenger", templates: [], tag_end: "2026-11-29 09:00:00" });
    expect(thread.composer.helpdesk_answer.isClosed).toBe(true);
    await click(".form-check-input");
    await animationFrame();
    expect(thread.composer.helpdesk_answer).toMatchObject({ isClosed: false, tag: "human_agent" });
});
