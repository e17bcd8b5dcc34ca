import { Component, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { panelRegistry } from "../workspace_registries";

const FOLDED = "helpdesk_workspace_folded_panels";

/** @returns {Object[]} the panels that have something to say about a ticket */
export function shownPanels(ticket) {
    return panelRegistry
        .getEntries()
        .map(([key, panel]) => ({ key, ...panel }))
        .filter(({ isShown }) => !isShown || isShown(ticket));
}

/** The panels of all addons on the right; which of them are folded is remembered on this computer. */
export class PanelColumn extends Component {
    static template = "kemenkes_helpdesk.PanelColumn";
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.state = useState({ folded: JSON.parse(browser.localStorage.getItem(FOLDED) || "[]") });
    }

    get panels() {
        return shownPanels(this.store.ticket);
    }

    isFolded(key) {
        return this.state.folded.includes(key);
    }

    toggle(key) {
        const { folded } = this.state;
        this.state.folded = this.isFolded(key) ? folded.filter((other) => other !== key) : [...folded, key];
        browser.localStorage.setItem(FOLDED, JSON.stringify(this.state.folded));
    }
}
