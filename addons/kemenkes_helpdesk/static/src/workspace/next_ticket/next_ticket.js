import { Component, useEffect, useRef, useState } from "@odoo/owl";

/** The agent is done with a ticket: the next one is a key away. */
export class NextTicket extends Component {
    static template = "kemenkes_helpdesk.NextTicket";
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.button = useRef("next");
        useEffect(
            () => void this.button.el?.focus(),
            () => [this.store.next],
        );
    }

    open() {
        this.store.openTicket(this.store.next.row.id);
    }

    stay() {
        this.store.next = null;
    }
}
