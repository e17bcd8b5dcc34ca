import { Component, useState, xml } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** How many tickets one is asked to take. */
export class OfferCount extends Component {
    static template = xml`<t t-esc="offers.list.length" />`;
    static props = { store: Object };

    setup() {
        this.offers = useState(useService("helpdesk_offers"));
    }
}

/** In the workspace: the tickets one is asked to take, with the time that is left. */
export class OfferQueue extends Component {
    static template = "kemenkes_workforce.OfferQueue";
    static components = { Dropdown, DropdownItem };
    static props = { store: Object };

    setup() {
        this.offers = useState(useService("helpdesk_offers"));
    }

    share(offer) {
        return Math.max(Math.min((100 * offer.left) / offer.seconds, 100), 0);
    }

    async accept(offer) {
        const ticketId = await this.offers.accept(offer);
        if (ticketId) {
            await this.props.store.openTicket(ticketId);
        }
    }
}

registry
    .category("helpdesk_workspace_queues")
    .add(
        "offers",
        { label: _t("Offers"), icon: "fa-bell-o", Component: OfferQueue, Count: OfferCount },
        { sequence: 20 },
    );
