import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

import { AgentPanel } from "../floor/agent_panel";
import { Elapsed } from "../monitor/elapsed";
import { KINDS } from "../monitor/labels";
import { useMonitor } from "../monitor/use_monitor";

const KIND_ORDER = Object.keys(KINDS);

/** The supervisor's agents beside the conversation: whom to listen to, whisper to, take over from. */
export class FloorQueue extends Component {
    static template = "kemenkes_workforce.FloorQueue";
    static components = { AgentPanel, Elapsed };
    static props = { store: Object };

    setup() {
        this.live = useMonitor();
        this.kinds = KINDS;
        this.state = useState({ agentId: null });
        this.listen = (ticketId) => this.props.store.openTicket(ticketId);
    }

    get monitor() {
        return this.live.version >= 0 && this.live.monitor;
    }

    /** Those at work, by what they do, those with the most late tickets first. */
    get agents() {
        const work = this.monitor.ticketsByAgent();
        const now = this.monitor.now;
        return [...this.monitor.agents.values()]
            .filter(({ session }) => session)
            .map((agent) => {
                const tickets = work.get(agent.id) || [];
                const late = tickets.filter((ticket) => this.monitor.urgency(ticket, now) === "late").length;
                return { ...agent, load: tickets.length, late, status: this.monitor.status(agent)?.name };
            })
            .sort(
                (one, other) =>
                    other.late - one.late ||
                    KIND_ORDER.indexOf(one.session.kind) - KIND_ORDER.indexOf(other.session.kind) ||
                    one.name.localeCompare(other.name),
            );
    }

    lateWords(agent) {
        return _t("%s late", agent.late);
    }

    loadWords(agent) {
        return agent.load === 1 ? _t("1 ticket") : _t("%s tickets", agent.load);
    }

    isLong(agent) {
        return this.monitor.isLong(agent);
    }
}

/** Watching others is for team leaders and those above them. */
export const floorQueueService = {
    async start() {
        if (await user.hasGroup("kemenkes_helpdesk.group_team_leader")) {
            registry
                .category("helpdesk_workspace_queues")
                .add(
                    "floor",
                    { Component: FloorQueue, label: _t("My agents"), icon: "fa-headphones" },
                    { sequence: 90 },
                );
        }
    },
};

registry.category("services").add("helpdesk_workspace_floor", floorQueueService);
