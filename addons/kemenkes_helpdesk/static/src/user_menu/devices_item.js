import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** "My devices" in the menu under the user's name: the page that portal users have too. */
function devicesItem() {
    return {
        type: "item",
        id: "helpdesk_devices",
        description: _t("My devices"),
        href: "/my/devices",
        callback: () => browser.location.assign("/my/devices"),
        sequence: 55,
    };
}

// The items that lead to the publisher of Odoo make way for it.
registry
    .category("user_menuitems")
    .add("helpdesk_devices", devicesItem)
    .remove("odoo_account")
    .remove("support");
