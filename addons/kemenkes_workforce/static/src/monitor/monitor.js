import { deserializeDateTime } from "@web/core/l10n/dates";

const MINUTE = 60 * 1000;
const SOON = 60 * MINUTE;
// The service level now is that of so many minutes, as on the server (helpdesk_monitor.py).
const SERVICE_LEVEL = 60 * MINUTE;
const TIMES = ["create_date", "first_response_date", "waiting_since", "next_due_date"];
const AT_WORK_KINDS = ["ready", "busy", "wrap_up", "break", "training", "coaching", "away"];

/**
 * What the floor and the desk show: read once, then kept up by messages that carry the change. Counts by itself; asks the
 * server nothing. Times are milliseconds of the server's clock.
 */
export class Monitor {
    /** @param {Object} data as helpdesk.monitor.get_live() gives it */
    constructor(data) {
        this.load(data);
    }

    load(data) {
        this.shift = moment(data.now) - Date.now();
        this.uid = data.uid;
        this.sites = data.sites;
        this.floors = data.floors;
        this.statuses = data.statuses;
        this.reasons = data.reasons;
        this.thresholds = data.thresholds || [];
        this.columns = data.ticket_columns;
        this.seats = byId(data.seats);
        this.teams = byId(data.teams);
        this.agents = byId(data.agents.map((agent) => ({ ...agent, session: readSession(agent.session) })));
        this.tickets = byId(data.tickets.map((row) => this.readTicket(row)));
        this.lendings = byId((data.lendings || []).map(readLending));
        this.answers = (data.answers || []).map(([teamId, date, inTime]) => ({ teamId, date: moment(date), inTime }));
    }

    get now() {
        return Date.now() + this.shift;
    }

    readTicket(row) {
        const ticket = Object.fromEntries(this.columns.map((name, index) => [name, row[index]]));
        for (const name of TIMES) {
            ticket[name] = ticket[name] ? moment(ticket[name]) : null;
        }
        return ticket;
    }

    // MESSAGES

    /** Somebody began or ended work, sat down elsewhere, or changed status. */
    onAgent(payload) {
        const agent = this.agents.get(payload.user_id);
        if (!agent) {
            return false; // somebody new: the caller reads anew
        }
        const current = agent.session;
        // of several messages under way the one about the later session holds
        if (!current || payload.session_id >= current.session_id) {
            agent.session = payload.ended ? null : readSession(payload);
        }
        return true;
    }

    onTickets({ rows, done }) {
        for (const ticket of [...rows, ...done].map((row) => this.readTicket(row))) {
            this.noteAnswer(ticket);
            this.tickets.set(ticket.id, ticket);
        }
        for (const [id] of done) {
            this.tickets.delete(id);
        }
    }

    noteAnswer(ticket) {
        const known = this.tickets.get(ticket.id);
        const team = this.teams.get(ticket.team_id);
        if (ticket.first_response_date && team && known && !known.first_response_date) {
            const inTime = ticket.first_response_date - ticket.create_date <= team.answer_seconds * 1000;
            this.answers.push({ teamId: team.id, date: ticket.first_response_date, inTime });
        }
    }

    onLending(payload) {
        const team = this.teams.get(payload.team_id);
        if (payload.ended) {
            this.lendings.delete(payload.id);
        } else {
            this.lendings.set(payload.id, readLending(payload));
        }
        if (team) {
            const others = team.member_ids.filter((id) => id !== payload.user_id);
            team.member_ids = payload.ended ? others : [...others, payload.user_id];
        }
        return this.agents.has(payload.user_id);
    }

    onThreshold(payload) {
        this.thresholds = this.thresholds.map((known) => (known.id === payload.id ? { ...known, ...payload } : known));
    }

    // AGENTS

    status(agent) {
        return agent.session && this.statuses.find(({ id }) => id === agent.session.status_id);
    }

    reason(agent) {
        return agent.session && this.reasons.find(({ id }) => id === agent.session.reason_id);
    }

    /** "ready", "busy" … "offline" */
    kind(agent) {
        return agent.session ? agent.session.kind : "offline";
    }

    agentAt(seat) {
        for (const agent of this.agents.values()) {
            if (agent.session?.seat_id === seat.id) {
                return agent;
            }
        }
    }

    /** `{seat id: agent}`, in one walk. */
    agentsBySeat() {
        const sitting = [...this.agents.values()].filter((agent) => agent.session?.seat_id);
        return new Map(sitting.map((agent) => [agent.session.seat_id, agent]));
    }

    /** Whoever is at work at a site without a seat of a plan. */
    standing(siteId) {
        return [...this.agents.values()].filter(
            ({ session }) => session?.site_id === siteId && !this.seats.has(session.seat_id),
        );
    }

    teamsOf(agent) {
        return [...this.teams.values()].filter((team) => team.member_ids.includes(agent.id));
    }

    /** `{kind: how many}` of the agents that `wanted` lets through. */
    countKinds(wanted) {
        const counts = Object.fromEntries(AT_WORK_KINDS.map((kind) => [kind, 0]));
        for (const agent of this.agents.values()) {
            if (agent.session && wanted(agent)) {
                counts[agent.session.kind] = (counts[agent.session.kind] || 0) + 1;
            }
        }
        return counts;
    }

    /** Longer in this status than its reason usually takes. */
    isLong(agent) {
        const minutes = this.reason(agent)?.expected_minutes;
        return Boolean(minutes) && this.now - agent.session.since > minutes * MINUTE;
    }

    // TICKETS

    /** `{user id: tickets, the most urgent first}` in one walk. */
    ticketsByAgent() {
        const groups = new Map();
        for (const ticket of this.tickets.values()) {
            if (ticket.user_id) {
                groups.set(ticket.user_id, [...(groups.get(ticket.user_id) || []), ticket]);
            }
        }
        for (const tickets of groups.values()) {
            tickets.sort(byUrgency);
        }
        return groups;
    }

    ticketsOf(agent) {
        return [...this.tickets.values()].filter((ticket) => ticket.user_id === agent.id).sort(byUrgency);
    }

    /** "late", "soon", "good", or "none" where nothing is due. */
    urgency(ticket, now = this.now) {
        if (!ticket.next_due_date) {
            return "none";
        }
        if (ticket.next_due_date < now) {
            return "late";
        }
        return ticket.next_due_date - now < SOON ? "soon" : "good";
    }

    // QUEUES

    /** The figures of every team, in one walk over the tickets: `{team id: figures}`. */
    queues(now = this.now) {
        const queues = new Map([...this.teams.values()].map((team) => [team.id, emptyQueue(team)]));
        for (const ticket of this.tickets.values()) {
            const queue = queues.get(ticket.team_id);
            if (queue) {
                this.countTicket(queue, ticket, now);
            }
        }
        this.answers = this.answers.filter(({ date }) => now - date < SERVICE_LEVEL);
        for (const { teamId, inTime } of this.answers) {
            const queue = queues.get(teamId);
            queue.counted += 1;
            queue.inTime += inTime ? 1 : 0;
        }
        for (const queue of queues.values()) {
            queue.serviceLevel = queue.counted ? (100 * queue.inTime) / queue.counted : null;
            queue.kinds = this.countKinds((agent) => queue.team.member_ids.includes(agent.id));
        }
        return queues;
    }

    countTicket(queue, ticket, now) {
        queue.open += 1;
        if (!ticket.user_id && ticket.stage_kind !== "waiting_customer") {
            queue.waiting += 1;
            const since = ticket.waiting_since || ticket.create_date;
            queue.longestSince = Math.min(queue.longestSince ?? since, since);
        }
        const urgency = this.urgency(ticket, now);
        queue.late += urgency === "late" ? 1 : 0;
        queue.soon += urgency === "soon" ? 1 : 0;
        if (!ticket.first_response_date) {
            const limit = ticket.create_date + queue.team.answer_seconds * 1000;
            // came too late within the time that is looked at
            queue.counted += limit < now && now - limit < SERVICE_LEVEL ? 1 : 0;
        }
    }
}

function emptyQueue(team) {
    return { team, open: 0, waiting: 0, longestSince: null, late: 0, soon: 0, counted: 0, inTime: 0 };
}

function moment(text) {
    return deserializeDateTime(text).toMillis();
}

function byId(records) {
    return new Map(records.map((record) => [record.id, record]));
}

function readSession(payload) {
    return payload && { ...payload, since: moment(payload.since), started: moment(payload.started) };
}

function readLending(payload) {
    return { ...payload, end_date: moment(payload.end_date) };
}

function byUrgency(one, other) {
    return (one.next_due_date ?? Infinity) - (other.next_due_date ?? Infinity) || one.id - other.id;
}

/** "4:09" or "1:04:09", what passed in milliseconds. */
export function formatElapsed(milliseconds) {
    const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
    const two = (number) => String(number).padStart(2, "0");
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
