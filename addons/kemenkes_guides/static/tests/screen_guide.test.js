import { beforeEach, expect, test } from "@odoo/hoot";
import { click } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { browser } from "@web/core/browser/browser";

class Policy extends models.Model {
    _name = "helpdesk.sla";
    name = fields.Char();
}

class Country extends models.Model {
    _name = "guide.country";
    name = fields.Char();
}

defineMailModels();
defineModels([Policy, Country]);

beforeEach(() => patchWithCleanup(browser, { open: (address) => expect.step(address) }));

test("an empty screen leads to its guide", async () => {
    await mountView({
        resModel: "helpdesk.sla",
        type: "list",
        arch: "<list><field name='name'/></list>",
        noContentHelp: "<p>None</p>",
    });
    expect(".o_nocontent_help a").toHaveAttribute("href", "/helpdesk/guide?screen=helpdesk.sla");
});

test("so does the gear menu", async () => {
    await mountView({ resModel: "helpdesk.sla", type: "list", arch: "<list><field name='name'/></list>" });
    await click(".o_cp_action_menus button");
    await animationFrame();
    await click(".o_helpdesk_screen_guide");
    expect.verifySteps(["/helpdesk/guide?screen=helpdesk.sla"]);
});

test("other screens have none", async () => {
    await mountView({
        resModel: "guide.country",
        type: "list",
        arch: "<list><field name='name'/></list>",
        noContentHelp: "<p>None</p>",
    });
    expect(".o_nocontent_help a").toHaveCount(0);
    expect(".o_helpdesk_screen_guide").toHaveCount(0);
});
