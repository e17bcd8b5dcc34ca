import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { AgentPanel } from "../floor/agent_panel";
import { Elapsed } from "../monitor/elapsed";
import { KINDS, THRESHOLDS, URGENCIES } from "../monitor/labels";
import { useMonitor } from "../monitor/use_monitor";

const { DateTime } = luxon;
// More tickets than anybody looks through; the rest opens as a list.
const MOST_ROWS = 100;
const KIND_ORDER = ["ready", "busy", "wrap_up", "coaching", "training", "break", "away", "offline"];

/** The supervisor's desk: queues and agents live, what waits, and what one does about it (R22, R24.c, R25.c.2). */
export class Desk extends Component {
    static template = "kemenkes_workforce.Desk";
    static components = { AgentPanel, Elapsed, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.live = useMonitor();
        this.kinds = KINDS;
        this.urgencies = URGENCIES;
        this.display = { controlPanel: {} };
        this.state = useState({ siteId: null, teamId: null, agentId: null, chosen: {}, scope: "waiting" });
    }

    get monitor() {
        return this.live.monitor;
    }

    // QUEUES

    get queues() {
        const queues = [...this.monitor.queues().values()];
        return queues.filter(({ team }) => !this.state.siteId || team.site_id === this.state.siteId);
    }

    /** The figures of all teams shown, for the tiles. */
    total(queues) {
        const sum = (name) => queues.reduce((all, queue) => all + queue[name], 0);
        const moments = queues.map((queue) => queue.longestSince).filter(Boolean);
        const [counted, inTime] = [sum("counted"), sum("inTime")];
        const kinds = this.monitor.countKinds((agent) => this.isShown(agent));
        return {
            waiting: sum("waiting"),
            late: sum("late"),
            soon: sum("soon"),
            longestSince: moments.length ? Math.min(...moments) : null,
            serviceLevel: counted ? (100 * inTime) / counted : null,
            counted,
            ready: kinds.ready,
            atWork: Object.values(kinds).reduce((all, count) => all + count, 0),
        };
    }

    percent(value) {
        return value === null ? "–" : `${Math.round(value)}%`;
    }

    /** Thresholds that are crossed, in words. */
    get warnings() {
        return this.monitor.thresholds
            .filter(({ crossed, site_id }) => crossed && (!this.state.siteId || site_id === this.state.siteId))
            .map((threshold) => ({
                id: threshold.id,
                place: this.place(threshold),
                ...THRESHOLDS[threshold.metric](threshold),
            }));
    }

    isWarned(team) {
        return this.monitor.thresholds.some(({ crossed, team_id }) => crossed && team_id === team.id);
    }

    place({ site_id, team_id }) {
        return this.monitor.teams.get(team_id)?.name || this.monitor.sites.find(({ id }) => id === site_id).name;
    }

    kindsOf(queue) {
        return Object.entries(queue.kinds)
            .filter(([, count]) => count)
            .map(([kind, count]) => ({ kind, count, ...KINDS[kind] }));
    }

    // AGENTS

    isShown(agent) {
        const { siteId, teamId } = this.state;
        const teams = this.monitor.teamsOf(agent);
        return (
            (!teamId || teams.some(({ id }) => id === teamId)) &&
            (!siteId || agent.session?.site_id === siteId || teams.some((team) => team.site_id === siteId))
        );
    }

    get agents() {
        const work = this.monitor.ticketsByAgent();
        return [...this.monitor.agents.values()]
            .filter((agent) => this.isShown(agent))
            .map((agent) => ({
                agent,
                kind: this.monitor.kind(agent),
                status: this.monitor.status(agent),
                reason: this.monitor.reason(agent),
                isLong: agent.session && this.monitor.isLong(agent),
                isLent: [...this.monitor.lendings.values()].some(({ user_id }) => user_id === agent.id),
                load: (work.get(agent.id) || []).length,
                late: (work.get(agent.id) || []).filter((ticket) => this.monitor.urgency(ticket) === "late").length,
            }))
            .sort(
                (one, other) =>
                    KIND_ORDER.indexOf(one.kind) - KIND_ORDER.indexOf(other.kind) ||
                    one.agent.name.localeCompare(other.agent.name),
            );
    }

    get agentsTitle() {
        return this.team ? _t("Agents of %s", this.team.name) : _t("Agents");
    }

    get agent() {
        return this.monitor.agents.get(this.state.agentId);
    }

    // TICKETS OF A QUEUE

    get team() {
        return this.monitor.teams.get(this.state.teamId);
    }

    get teamTickets() {
        const isWanted = {
            waiting: (ticket) => !ticket.user_id && ticket.stage_kind !== "waiting_customer",
            late: (ticket) => this.monitor.urgency(ticket) === "late",
            all: () => true,
        }[this.state.scope];
        return [...this.monitor.tickets.values()]
            .filter((ticket) => ticket.team_id === this.state.teamId && isWanted(ticket))
            .sort(
                (one, other) =>
                    (one.next_due_date ?? Infinity) - (other.next_due_date ?? Infinity) || one.id - other.id,
            );
    }

    get ticketRows() {
        return this.teamTickets.slice(0, MOST_ROWS);
    }

    get restText() {
        return _t("The %(shown)s most urgent of %(all)s.", { shown: MOST_ROWS, all: this.teamTickets.length });
    }

    get chosenIds() {
        return this.teamTickets.map(({ id }) => id).filter((id) => this.state.chosen[id]);
    }

    urgency(ticket) {
        return { key: this.monitor.urgency(ticket), ...URGENCIES[this.monitor.urgency(ticket)] };
    }

    agentName(ticket) {
        return this.monitor.agents.get(ticket.user_id)?.name || (ticket.user_id ? "…" : "");
    }

    due(ticket) {
        return ticket.next_due_date && DateTime.fromMillis(ticket.next_due_date).toFormat("dd/MM HH:mm");
    }

    waitsSince(ticket) {
        return ticket.waiting_since || ticket.create_date;
    }

    // WHAT ONE DOES

    showSite(siteId) {
        Object.assign(this.state, { siteId, teamId: null, chosen: {} });
    }

    showTeam(team) {
        const teamId = this.state.teamId === team.id ? null : team.id;
        Object.assign(this.state, { teamId, chosen: {}, scope: "waiting" });
    }

    showAgent(agentId) {
        this.state.agentId = this.state.agentId === agentId ? null : agentId;
    }

    toggleAll(event) {
        const rows = event.target.checked ? this.ticketRows : [];
        this.state.chosen = Object.fromEntries(rows.map(({ id }) => [id, true]));
    }

    move() {
        this.action.doAction("kemenkes_workforce.helpdesk_redistribute_action", {
            additionalContext: {
                active_model: "helpdesk.ticket",
                active_ids: this.chosenIds,
            },
            onClose: () => (this.state.chosen = {}),
        });
    }

    openTicket(ticket) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    openFloor() {
        this.action.doAction("kemenkes_workforce.helpdesk_floor_live_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("kemenkes_workforce.desk", Desk);
