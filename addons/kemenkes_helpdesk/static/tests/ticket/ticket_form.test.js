import { beforeEach, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTeam extends models.Model {
    _name = "helpdesk.team";

    name = fields.Char();

    _records = [
        { id: 1, name: "L1" },
        { id: 2, name: "L2" },
    ];
}

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    name = fields.Char();
    priority = fields.Selection({
        selection: [
            ["1", "Normal"],
            ["3", "Urgent"],
        ],
    });
    team_id = fields.Many2one({ relation: "helpdesk.team" });
    assign_date = fields.Datetime();
    tag_ids = fields.Many2many({ relation: "helpdesk.team" });

    _records = [{ id: 1, name: "OTP", priority: "1", team_id: 1, assign_date: "2026-11-24 02:00:00", tag_ids: [1] }];
}

const ARCH = `
    <form js_class="helpdesk_ticket_form">
        <field name="name" />
        <field name="priority" />
        <field name="team_id" />
        <field name="assign_date" />
        <field name="tag_ids" widget="many2many_tags" />
    </form>`;

defineMailModels();
defineModels([HelpdeskTeam, HelpdeskTicket]);

let saved;
beforeEach(() => {
    saved = [];
    onRpc("has_group", () => true);
    onRpc("helpdesk.ticket", "web_save", ({ args, parent }) => {
        const { helpdesk_seen: seen, ...changes } = args[1];
        saved.push({ changes, seen });
        args[1] = changes;
        return parent();
    });
});

test("what was shown goes along with what was changed, field by field", async () => {
    await mountView({ type: "form", resModel: "helpdesk.ticket", resId: 1, arch: ARCH });
    await contains("[name='name'] input").edit("Kode OTP", { confirm: "tab" });
    await contains("[name='priority'] select, [name='priority'] input").click();
    await contains(".o_select_menu_item:contains(Urgent)").click();
    await contains(".o_form_button_save").click();
    expect(saved).toEqual([{ changes: { name: "Kode OTP", priority: "3" }, seen: { name: "OTP", priority: "1" } }]);
});

test("a link is told by its number, a field that was empty as false", async () => {
    HelpdeskTicket._records[0].name = false;
    await mountView({ type: "form", resModel: "helpdesk.ticket", resId: 1, arch: ARCH });
    await contains("[name='name'] input").edit("OTP", { confirm: "tab" });
    await contains("[name='team_id'] input").click();
    await contains(".o-autocomplete--dropdown-item:contains(L2)").click();
    await contains(".o_form_button_save").click();
    expect(saved).toEqual([{ changes: { name: "OTP", team_id: 2 }, seen: { name: false, team_id: 1 } }]);
});

test("after a save the form compares with what was saved", async () => {
    await mountView({ type: "form", resModel: "helpdesk.ticket", resId: 1, arch: ARCH });
    await contains("[name='name'] input").edit("One", { confirm: "tab" });
    await contains(".o_form_button_save").click();
    await contains("[name='name'] input").edit("Two", { confirm: "tab" });
    await contains(".o_form_button_save").click();
    expect(saved.map(({ seen }) => seen.name)).toEqual(["OTP", "One"]);
});

test("a new ticket has shown nothing", async () => {
    await mountView({ type: "form", resModel: "helpdesk.ticket", arch: ARCH });
    await contains("[name='name'] input").edit("New", { confirm: "tab" });
    await contains(".o_form_button_save").click();
    expect(saved[0].changes.name).toBe("New");
    expect(saved[0].seen).toBe(undefined);
});
