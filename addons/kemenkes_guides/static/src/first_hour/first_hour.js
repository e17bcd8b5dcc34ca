import { Component, useEffect, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { useBus } from "@web/core/utils/hooks";
import { session } from "@web/session";
import { Workspace } from "@kemenkes_helpdesk/workspace/workspace";
import { WorkspaceComposer } from "@kemenkes_helpdesk/workspace/composer/workspace_composer";

const NOTED = "HELPDESK:FIRST_HOUR";
const READ_MILLISECONDS = 500;

/** Ask the server; nothing comes back while there is no connection, and the list waits for the next time. */
async function ask(env, method, ...args) {
    try {
        return await env.services.orm.silent.call("helpdesk.first.hour", method, args);
    } catch (error) {
        if (!(error instanceof ConnectionLostError)) {
            throw error;
        }
    }
}

/** The steps of a new agent's first hour on top of the workspace, ticked by what the agent has done. */
export class FirstHour extends Component {
    static template = "kemenkes_guides.FirstHour";
    static components = { Dropdown };
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.state = useState({ steps: [] });
        useEffect(
            () => {
                // after the ticket, which the agent waits for
                const timer = browser.setTimeout(() => this.read(), READ_MILLISECONDS);
                return () => browser.clearTimeout(timer);
            },
            () => [this.store.ticketId],
        );
        useBus(this.env.bus, NOTED, () => this.read());
    }

    async read() {
        if (session.helpdesk_first_hour) {
            this.state.steps = (await ask(this.env, "get_steps")) || this.state.steps;
        }
    }

    get doneCount() {
        return this.state.steps.filter((step) => step.is_done).length;
    }

    get isOver() {
        return this.doneCount === this.state.steps.length;
    }

    get label() {
        return _t("%(done)s of %(all)s", { done: this.doneCount, all: this.state.steps.length });
    }

    async hide() {
        await ask(this.env, "hide");
        session.helpdesk_first_hour = false;
        this.state.steps = [];
    }
}

registry.category("helpdesk_workspace_bar").add("first_hour", { Component: FirstHour }, { sequence: 15 });

/** Tell the server of a step that it can't know of. */
async function note(env, key) {
    if (session.helpdesk_first_hour) {
        await ask(env, "note_step", key);
        env.bus.trigger(NOTED);
    }
}

patch(Workspace.prototype, {
    showShortcuts() {
        super.showShortcuts();
        note(this.env, "keys");
    },
});

patch(WorkspaceComposer.prototype, {
    choose() {
        const isPrepared = this.suggestion.search.delimiter === "/";
        const result = super.choose(...arguments);
        if (isPrepared) {
            note(this.env, "prepared_words");
        }
        return result;
    },
});
