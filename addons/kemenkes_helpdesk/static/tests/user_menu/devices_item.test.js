import { expect, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { allowTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";

const items = registry.category("user_menuitems");

test("My devices opens the page that portal users have too", () => {
    allowTranslations();
    patchWithCleanup(browser.location, { assign: (address) => expect.step(address) });
    const item = items.get("helpdesk_devices")();
    expect(item.href).toBe("/my/devices");
    item.callback();
    expect.verifySteps(["/my/devices"]);
});

test("nothing leads to the publisher of Odoo", () => {
    expect(items.contains("odoo_account")).toBe(false);
    expect(items.contains("support")).toBe(false);
});
