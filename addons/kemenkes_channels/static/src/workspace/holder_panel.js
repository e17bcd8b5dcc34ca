import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Who answers the customer at the moment, a person or a bot, and the way from one to the other. */
export class HolderPanel extends Component {
    static template = "kemenkes_channels.HolderPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.state = useState({ isBusy: false });
    }

    get isHeld() {
        return this.props.ticket.holder !== "people";
    }

    get words() {
        const { holder_name: name, agent } = this.props.ticket;
        if (this.isHeld) {
            return name ? _t("%s answers the customer.", name) : _t("A bot answers the customer.");
        }
        return agent ? _t("%s answers the customer.", agent.name) : _t("People answer the customer.");
    }

    async call(method) {
        this.state.isBusy = true;
        try {
            await this.props.store.callTicket(method);
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("helpdesk_workspace_panels").add(
    "holder",
    {
        Component: HolderPanel,
        label: _t("Chatbot"),
        isShown: (ticket) =>
            Boolean(ticket.can_give_to_bot || ticket.can_pass || (ticket.holder && ticket.holder !== "people")),
    },
    { sequence: 25 },
);
