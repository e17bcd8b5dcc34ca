import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    channel_kind = fields.Selection({
        selection: [
            ["email", "E-mail"],
            ["whatsapp", "WhatsApp"],
            ["smoke", "Smoke signals"],
        ],
    });

    _records = [
        { id: 1, channel_kind: "email" },
        { id: 2, channel_kind: "whatsapp" },
        { id: 3, channel_kind: "smoke" },
        { id: 4, channel_kind: false },
    ];
}

defineMailModels();
defineModels([HelpdeskTicket]);
onRpc("has_group", () => true);

test("each kind of channel has its icon, and its name for who can't see it", async () => {
    await mountView({
        type: "list",
        resModel: "helpdesk.ticket",
        arch: `<list><field name="channel_kind" widget="helpdesk_channel_icon" /></list>`,
    });
    expect(".o_data_row:eq(0) i.fa-envelope-o").toHaveAttribute("title", "E-mail");
    expect(".o_data_row:eq(1) i.fa-whatsapp").toHaveAttribute("aria-label", "WhatsApp");
    expect(".o_data_row:eq(1) i").toHaveAttribute("role", "img");
});

test("a kind without an icon and a ticket without a channel have one too", async () => {
    await mountView({
        type: "list",
        resModel: "helpdesk.ticket",
        arch: `<list><field name="channel_kind" widget="helpdesk_channel_icon" /></list>`,
    });
    expect(".o_data_row:eq(2) i.fa-pencil").toHaveAttribute("title", "Smoke signals");
    expect(".o_data_row:eq(3) i.fa-pencil").toHaveCount(1);
    expect(".o_data_row:eq(3) i").not.toHaveAttribute("title", "E-mail");
});
