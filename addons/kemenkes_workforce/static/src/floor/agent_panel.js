import { Component, useEffect, useState } from "@odoo/owl";
import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { Elapsed } from "../monitor/elapsed";
import { KINDS, URGENCIES } from "../monitor/labels";
import { TodayCard } from "./today_card";

const { DateTime } = luxon;
const LEND_HOURS = [1, 2, 4, 8];
// What the panel asks of the tickets, by the reader's own rights.
const TICKET_FIELDS = ["ticket_ref", "name", "channel_kind"];

/** One agent beside the plan: the work in hand, and what a supervisor does about it. */
export class AgentPanel extends Component {
    static template = "kemenkes_workforce.AgentPanel";
    static components = { Elapsed, TodayCard };
    static props = {
        monitor: Object,
        version: Number,
        agentId: Number,
        close: Function,
        listen: { type: Function, optional: true }, // (ticket id): opens it where the panel stands
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.kinds = KINDS;
        this.urgencies = URGENCIES;
        this.hours = LEND_HOURS;
        this.state = useState({
            readable: {}, // {ticket id: record}
            chosen: {}, // {ticket id: true}
            statusId: "",
            reasonId: "",
            whisper: "",
            whisperAbout: "",
            teamId: "",
        });
        useEffect(
            () => {
                this.readTickets();
            },
            () => [this.tickets.map(({ id }) => id).join()],
        );
    }

    get agent() {
        return this.props.monitor.agents.get(this.props.agentId);
    }

    get session() {
        return this.agent.session;
    }

    get seat() {
        return this.props.monitor.seats.get(this.session?.seat_id);
    }

    get status() {
        return this.props.monitor.status(this.agent);
    }

    get tickets() {
        return this.props.monitor.ticketsOf(this.agent);
    }

    get teams() {
        return this.props.monitor.teamsOf(this.agent);
    }

    get otherTeams() {
        return [...this.props.monitor.teams.values()].filter((team) => !team.member_ids.includes(this.agent.id));
    }

    get lendings() {
        return [...this.props.monitor.lendings.values()].filter(({ user_id }) => user_id === this.agent.id);
    }

    get statuses() {
        return this.props.monitor.statuses.filter(({ kind }) => kind !== "away");
    }

    get reasons() {
        return this.props.monitor.reasons.filter(({ status_id }) => status_id === Number(this.state.statusId));
    }

    get chosenIds() {
        return this.tickets.map(({ id }) => id).filter((id) => this.state.chosen[id]);
    }

    urgency(ticket) {
        return URGENCIES[this.props.monitor.urgency(ticket)];
    }

    due(ticket) {
        return ticket.next_due_date && DateTime.fromMillis(ticket.next_due_date).toFormat("dd/MM HH:mm");
    }

    until(lending) {
        return DateTime.fromMillis(lending.end_date).toFormat("dd/MM HH:mm");
    }

    teamName(teamId) {
        return this.props.monitor.teams.get(teamId)?.name;
    }

    /** Subjects come through the tickets themselves: masked, and only of those that the reader may open. */
    async readTickets() {
        const ids = this.tickets.map(({ id }) => id);
        const records = ids.length
            ? await this.orm.silent.searchRead("helpdesk.ticket", [["id", "in", ids]], TICKET_FIELDS)
            : [];
        this.state.readable = Object.fromEntries(records.map((record) => [record.id, record]));
    }

    // WHAT ONE DOES

    listenIn(ticket) {
        if (this.props.listen) {
            this.props.listen(ticket.id);
            return;
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    async takeOver(ticketIds) {
        await this.orm.call("helpdesk.monitor", "take_over", [ticketIds]);
        this.done(_t("The tickets are yours now."));
    }

    move() {
        this.action.doAction("kemenkes_workforce.helpdesk_redistribute_action", {
            additionalContext: { active_model: "helpdesk.ticket", active_ids: this.chosenIds },
            onClose: () => (this.state.chosen = {}),
        });
    }

    async setStatus() {
        const { statusId, reasonId } = this.state;
        await this.orm.call("helpdesk.monitor", "set_status", [
            this.agent.id,
            Number(statusId),
            Number(reasonId) || false,
        ]);
        Object.assign(this.state, { statusId: "", reasonId: "" });
        this.done(_t("The status is set."));
    }

    async whisper() {
        const { whisper, whisperAbout } = this.state;
        await this.orm.call("helpdesk.monitor", "whisper", [this.agent.id, whisper, Number(whisperAbout) || false]);
        Object.assign(this.state, { whisper: "", whisperAbout: "" });
        this.done(_t("Only %s sees it.", this.agent.name));
    }

    hoursWords(hours) {
        return _t("%s h", hours);
    }

    async lend(hours) {
        const end = serializeDateTime(DateTime.fromMillis(this.props.monitor.now).plus({ hours }));
        await this.orm.call("helpdesk.lending", "lend", [this.agent.id, Number(this.state.teamId), end]);
        this.state.teamId = "";
        this.done(_t("Lent until %s.", DateTime.now().plus({ hours }).toFormat("HH:mm")));
    }

    async endLending(lending) {
        await this.orm.call("helpdesk.lending", "action_end", [lending.id]);
    }

    done(message) {
        this.state.chosen = {};
        this.notification.add(message, { type: "success" });
    }
}
