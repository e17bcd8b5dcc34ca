import { Component, useState } from "@odoo/owl";

import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

export const ACCEPT_KEY = "alt+enter";

/** Cards of the tickets one is asked to take, above everything, without taking the keyboard from what one writes. */
export class OfferStack extends Component {
    static components = { Dropdown, DropdownItem };
    static props = {};
    static template = "kemenkes_workforce.OfferStack";

    setup() {
        this.workspace = useService("helpdesk_workspace");
        this.offers = useState(useService("helpdesk_offers"));
        useHotkey(ACCEPT_KEY, () => this.accept(this.offers.list[0]), {
            global: true,
            bypassEditableProtection: true,
            isAvailable: () => this.offers.list.length > 0,
        });
    }

    /** How much of the time is left, in per cent, for the bar. */
    share(offer) {
        return Math.max(Math.min((100 * offer.left) / offer.seconds, 100), 0);
    }

    async accept(offer) {
        const ticketId = await this.offers.accept(offer);
        if (ticketId) {
            await this.workspace.openTicket(ticketId);
        }
    }
}

registry.category("main_components").add("kemenkes_workforce.OfferStack", { Component: OfferStack });
