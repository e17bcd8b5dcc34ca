import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
// Loaded first: what it adds is taken away again below.
import "@web/webclient/user_menu/user_menu_items";

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

const items = registry.category("user_menuitems");
items.add("helpdesk_devices", devicesItem);
// These lead to the publisher of Odoo.
items.remove("odoo_account");
items.remove("support");
