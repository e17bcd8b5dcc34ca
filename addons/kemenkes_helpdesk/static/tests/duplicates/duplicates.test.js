import { beforeEach, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { Deferred, animationFrame, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, mockService, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    name = fields.Char();

    _records = [
        { id: 3, name: "Third" },
        { id: 4, name: "Fourth" },
    ];
}

const PROPOSALS = [
    {
        id: 1,
        reference: "HD-2026-000001",
        subject: "Kode <b>OTP</b>",
        reason: "customer",
        customer: "Siti",
        stage: "New",
        created: "2026-11-24 09:00:00",
    },
    {
        id: 2,
        reference: "HD-2026-000002",
        subject: "OTP",
        reason: "words",
        customer: "",
        stage: "Open",
        created: "2026-11-24 08:00:00",
    },
];

let proposals;

defineMailModels();
defineModels([HelpdeskTicket]);
beforeEach(() => {
    mockDate("2026-11-24 10:00:00", 0);
    proposals = { 3: [...PROPOSALS], 4: [] };
    onRpc("has_group", () => true);
    onRpc("helpdesk.ticket", "get_duplicates", ({ args }) => proposals[args[0][0]]);
    mockService("action", { doAction: (action) => expect.step(`open ${(action.params?.next || action).res_id}`) });
});

function mountForm(params) {
    return mountView({
        type: "form",
        resModel: "helpdesk.ticket",
        resId: 3,
        arch: `<form><field name="name" /><widget name="helpdesk_duplicates" /></form>`,
        ...params,
    });
}

test("proposals with why they are proposed; subjects are text, never markup", async () => {
    await mountForm();
    await animationFrame();
    expect(".o_helpdesk_duplicate").toHaveCount(2);
    expect(".o_helpdesk_duplicate:eq(0)").toHaveText(/Kode <b>OTP<\/b>[^]*Siti[^]*1 hour ago/);
    expect(".o_helpdesk_duplicate:eq(0) .text-bg-info").toHaveCount(1);
    expect(".o_helpdesk_duplicate:eq(1) .text-bg-info").toHaveCount(0);
});

test("the form does not wait for them, and shows nothing when there are none", async () => {
    const answer = new Deferred();
    onRpc("helpdesk.ticket", "get_duplicates", () => answer);
    await mountForm();
    expect(".o_field_widget[name='name'] input").toHaveValue("Third");
    answer.resolve([]);
    await animationFrame();
    expect(".o_helpdesk_duplicates").toHaveCount(0);
});

test("an answer that comes late is not shown on another ticket", async () => {
    const late = new Deferred();
    onRpc("helpdesk.ticket", "get_duplicates", ({ args }) => (args[0][0] === 3 ? late : []));
    await mountForm({ resIds: [3, 4] });
    await contains(".o_pager_next").click();
    expect(".o_field_widget[name='name'] input").toHaveValue("Fourth");
    late.resolve(PROPOSALS);
    await animationFrame();
    expect(".o_helpdesk_duplicates").toHaveCount(0);
});

test("what is not the same goes at once", async () => {
    onRpc("helpdesk.ticket", "dismiss_duplicate", ({ args }) => {
        expect.step(`dismiss ${args}`);
        proposals[3] = [PROPOSALS[1]];
        return true;
    });
    await mountForm();
    await contains(".o_helpdesk_duplicate_dismiss:eq(0)").click();
    await animationFrame();
    expect(".o_helpdesk_duplicate").toHaveCount(1);
    expect.verifySteps(["dismiss 3,1"]);
});

test("what was typed is saved before tickets are merged, and the one that goes on opens", async () => {
    onRpc("helpdesk.ticket", "web_save", ({ parent }) => {
        expect.step("save");
        return parent();
    });
    onRpc("helpdesk.ticket", "merge_duplicate", ({ args }) => {
        expect.step(`merge ${args}`);
        return { type: "ir.actions.act_window", res_model: "helpdesk.ticket", res_id: 1 };
    });
    await mountForm();
    await contains(".o_field_widget[name='name'] input").edit("Ketiga");
    await contains(".o_helpdesk_duplicate_merge:eq(0)").click();
    await animationFrame();
    expect.verifySteps(["save", "merge 3,1", "open 1"]);
});

test("a proposal opens", async () => {
    await mountForm();
    await animationFrame();
    await click(".o_helpdesk_duplicate:eq(1) .btn-link:eq(0)");
    expect.verifySteps(["open 2"]);
});
