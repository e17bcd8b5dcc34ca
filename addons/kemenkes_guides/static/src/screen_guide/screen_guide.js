import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { STATIC_ACTIONS_GROUP_NUMBER } from "@web/search/action_menus/action_menus";
import { ActionHelper } from "@web/views/action_helper";

// Odoo's own models that the guides tell of.
const OTHERS = ["mail.canned.response", "maintenance.request", "resource.calendar"];

/** @returns {string} where the guides tell of a screen; the server knows which of them the reader may read */
export function guideAddress(env) {
    const model = env.searchModel?.resModel || "";
    const isTold = model.startsWith("helpdesk.") || OTHERS.includes(model);
    return isTold ? `/helpdesk/guide?screen=${model}` : "";
}

/** "Guide" in the gear menu of a screen. */
export class ScreenGuide extends Component {
    static template = "kemenkes_guides.ScreenGuide";
    static components = { DropdownItem };
    static props = {};

    open() {
        browser.open(guideAddress(this.env), "_blank");
    }
}

registry.category("cogMenu").add(
    "helpdesk-guide",
    {
        Component: ScreenGuide,
        groupNumber: STATIC_ACTIONS_GROUP_NUMBER,
        isDisplayed: (env) => Boolean(guideAddress(env)),
    },
    { sequence: 90 },
);

/** And below what an empty screen says. */
patch(ActionHelper.prototype, {
    get guideAddress() {
        return guideAddress(this.env);
    },
});
