import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { normalize } from "@web/core/l10n/utils";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FloorPlan, place } from "../floor_plan/floor_plan";
import { KINDS } from "../monitor/labels";
import { useMonitor } from "../monitor/use_monitor";
import { AgentPanel } from "./agent_panel";
import { SeatTile } from "./seat_tile";
import { TodayCard } from "./today_card";

// So long a pointer must rest on a seat before its figures are asked for.
const HOVER_MILLISECONDS = 300;

/** The live floor: who sits where and does what, and what a supervisor does about it (R24.c, R25.b.2). */
export class Floor extends Component {
    static template = "kemenkes_workforce.Floor";
    static components = { AgentPanel, FloorPlan, Layout, SeatTile };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.live = useMonitor();
        this.kinds = KINDS;
        this.display = { controlPanel: {} };
        this.state = useState({
            floorId: this.props.state?.floorId,
            agentId: null,
            kind: null,
            search: "",
            mayArrange: false,
        });
        this.popover = usePopover(TodayCard, { position: "right", popoverClass: "o_helpdesk_popover" });
        this.choose = this.choose.bind(this);
        this.enter = this.enter.bind(this);
        this.leave = this.leave.bind(this);
        onMounted(async () => {
            const roles = ["supervisor", "admin_support"].map((name) =>
                user.hasGroup(`kemenkes_helpdesk.group_${name}`),
            );
            this.state.mayArrange = (await Promise.all(roles)).some(Boolean);
        });
        onWillUnmount(() => this.leave());
    }

    get monitor() {
        return this.live.monitor;
    }

    get floor() {
        const { floors } = this.monitor;
        return floors.find(({ id }) => id === this.state.floorId) || floors[0];
    }

    get agent() {
        return this.monitor.agents.get(this.state.agentId);
    }

    floorLabel(floor) {
        const site = this.monitor.sites.find(({ id }) => id === floor.site_id);
        return `${site.name} · ${floor.name}`;
    }

    // WHAT THE PLAN SHOWS

    /** Counts of the statuses on this site's floor, in the order of the statuses. */
    get counts() {
        const counts = this.monitor.countKinds(({ session }) => session.site_id === this.floor.site_id);
        return Object.entries(counts).map(([kind, count]) => ({ kind, count, ...KINDS[kind] }));
    }

    get tiles() {
        const [sitting, work] = [this.monitor.agentsBySeat(), this.monitor.ticketsByAgent()];
        return [...this.monitor.seats.values()]
            .filter((seat) => seat.floor_id === this.floor.id)
            .map((seat) => ({
                key: seat.id,
                seatName: seat.name,
                style: place(seat.position_x, seat.position_y),
                ...this.tile(sitting.get(seat.id), work),
                ...(sitting.has(seat.id) ? {} : this.emptyTile(seat)),
            }));
    }

    get standing() {
        const work = this.monitor.ticketsByAgent();
        return this.monitor
            .standing(this.floor.site_id)
            .map((agent) => ({ key: agent.id, seatName: "–", ...this.tile(agent, work) }));
    }

    emptyTile(seat) {
        const owner = this.monitor.agents.get(seat.user_id);
        return { kind: seat.user_id ? "reserved" : "free", agentName: owner?.name, isDimmed: Boolean(this.state.kind) };
    }

    tile(agent, work) {
        if (!agent) {
            return {};
        }
        const tickets = work.get(agent.id) || [];
        const urgent = (urgency) => tickets.filter((ticket) => this.monitor.urgency(ticket) === urgency).length;
        const status = this.monitor.status(agent);
        return {
            agentId: agent.id,
            agentName: agent.name,
            kind: agent.session.kind,
            status: status?.name || KINDS[agent.session.kind].label.toString(),
            reason: this.monitor.reason(agent)?.name,
            icon: status?.icon || undefined,
            since: agent.session.since,
            shift: this.monitor.shift,
            load: tickets.length,
            late: urgent("late"),
            soon: urgent("soon"),
            isLong: this.monitor.isLong(agent),
            isChosen: agent.id === this.state.agentId,
            isDimmed: !this.isWanted(agent),
        };
    }

    isWanted(agent) {
        const { kind, search } = this.state;
        const isKind = !kind || agent.session.kind === kind;
        return isKind && (!search || normalize(agent.name).includes(normalize(search)));
    }

    // WHAT ONE DOES

    showFloor(floor) {
        this.state.floorId = floor.id;
        this.state.agentId = null;
    }

    filter(kind) {
        this.state.kind = this.state.kind === kind ? null : kind;
    }

    choose(agentId) {
        this.leave();
        this.state.agentId = this.state.agentId === agentId ? null : agentId;
    }

    enter({ currentTarget }, agentId) {
        this.leave();
        if (!agentId || agentId === this.state.agentId) {
            return;
        }
        this.hover = browser.setTimeout(() => {
            if (currentTarget.isConnected) {
                const { name } = this.monitor.agents.get(agentId);
                this.popover.open(currentTarget, { agentId, agentName: name });
            }
        }, HOVER_MILLISECONDS);
    }

    leave() {
        browser.clearTimeout(this.hover);
        this.popover.close();
    }

    arrange() {
        this.action.doAction("kemenkes_workforce.helpdesk_floor_arrange_action", {
            additionalContext: { active_id: this.floor.id },
        });
    }

    openDesk() {
        this.action.doAction("kemenkes_workforce.helpdesk_desk_action", { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("kemenkes_workforce.floor", Floor);
