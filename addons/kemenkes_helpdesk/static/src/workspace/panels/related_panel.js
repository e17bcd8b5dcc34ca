import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

import { readAnewAction } from "../../ticket/read_anew";
import { useSurroundings } from "./surroundings";

const RELATIONS = {
    incident: _t("Mass incident"),
    follows: _t("Follows"),
    merged: _t("Merged into this"),
};

/** Tickets that are probably the same case, and those that belong together already. */
export class RelatedPanel extends Component {
    static template = "kemenkes_helpdesk.RelatedPanel";
    static props = { ticket: Object, store: Object };

    setup() {
        this.action = useService("action");
        this.around = useSurroundings();
    }

    get duplicates() {
        return this.around.value.duplicates;
    }

    get related() {
        const { incident, follows } = this.props.ticket;
        return [incident, follows, ...this.around.value.merged].filter(Boolean);
    }

    relation(ticket) {
        return RELATIONS[ticket.relation];
    }

    mergeLabel(ticket) {
        return _t("Merge %s", ticket.reference);
    }

    dismissLabel(ticket) {
        return _t("Not the same: %s", ticket.reference);
    }

    since(ticket) {
        return deserializeDateTime(ticket.created).toRelative();
    }

    async merge(ticket) {
        const { store, ticket: current } = this.props;
        const action = await store.callTicket("merge_duplicate", ticket.id);
        if (action.res_model !== "helpdesk.ticket") {
            await this.action.doAction(action, { onClose: () => this.readAgain() });
            return;
        }
        await this.action.doAction(readAnewAction([current.id, action.res_id]));
        if (action.res_id === current.id) {
            await this.readAgain();
        } else {
            await store.openTicket(action.res_id);
        }
    }

    async dismiss(ticket) {
        await this.props.store.callTicket("dismiss_duplicate", ticket.id);
        await this.around.reload();
    }

    async readAgain() {
        await Promise.all([this.props.store.refreshTicket(), this.around.reload()]);
    }
}

registry
    .category("helpdesk_workspace_panels")
    .add("related", { Component: RelatedPanel, label: _t("Related tickets") }, { sequence: 60 });
