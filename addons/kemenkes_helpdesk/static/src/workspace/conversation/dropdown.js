import { onWillDestroy, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { patch } from "@web/core/utils/patch";

// Each message has two menus.

patch(Dropdown.prototype, {
    /**
     * A menu asks for the page's active element a moment after it was drawn. When its message has gone in that moment it
     * would observe the page from then on, and keep the conversation. Who observes is let go of by all that it observes
     * when one thing of it changes: here one that is nothing but this.
     */
    setup() {
        super.setup();
        if (!this.env.inWorkspace) {
            return;
        }
        const last = useState({ isGone: false });
        onWillDestroy(async () => {
            await Promise.resolve();
            last.isGone = !last.isGone;
        });
    },
});
