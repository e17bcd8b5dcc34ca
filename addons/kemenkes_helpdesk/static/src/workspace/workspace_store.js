import { markRaw, reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { TicketList } from "./ticket_list/ticket_list_model";
import { queueRegistry } from "./workspace_registries";

const MODEL = "helpdesk.workspace";
const CHANNEL = "helpdesk.workspace";
const CHANGED = "helpdesk.workspace/tickets";
const COUNT_MILLISECONDS = 3000;

/**
 * What the workspace knows and does: queues, the rows of the one that is shown, the ticket that is open. Components and
 * panels of other addons get it as `store`, and call `useState(this.props.store)` to be drawn again when it changes.
 */
export class WorkspaceStore {
    constructor(env, services) {
        this.env = markRaw(env);
        this.orm = markRaw(services.orm);
        this.bus = markRaw(services.bus_service);
        this.mail = markRaw(services["mail.store"]);
        this.userId = null;
        this.teamIds = [];
        this.mayAnswer = false;
        this.counts = {};
        this.queueKey = null;
        this.list = new TicketList(this);
        /** The open ticket, as `helpdesk.workspace._prepare_workspace_ticket` tells it. */
        this.ticket = null;
        this.ticketId = null;
        this.isLoadingTicket = false;
        this.countTimer = null;
    }

    static create(env, services) {
        const store = reactive(new WorkspaceStore(env, services));
        store.list.store = store;
        return store;
    }

    // LIFE

    async start(ticketId) {
        this.onChanged = (change) => this.applyChange(change);
        this.onReconnect = () => this.catchUp();
        this.bus.subscribe(CHANGED, this.onChanged);
        this.bus.addEventListener("BUS:RECONNECT", this.onReconnect);
        this.bus.addChannel(CHANNEL);
        const answer = await this.call("get_start");
        this.userId = answer.user_id;
        this.teamIds = answer.team_ids;
        this.mayAnswer = answer.may_answer;
        this.takeCounts(answer.queues);
        const first = this.queues.find((queue) => !queue.Component);
        await Promise.all([this.chooseQueue(first.key), ticketId && this.openTicket(ticketId)]);
    }

    stop() {
        this.bus.unsubscribe(CHANGED, this.onChanged);
        this.bus.removeEventListener("BUS:RECONNECT", this.onReconnect);
        this.bus.deleteChannel(CHANNEL);
        browser.clearTimeout(this.countTimer);
        this.list.stop();
    }

    /**
     * @param {string} method of `helpdesk.workspace`
     * @param {...any} args
     */
    call(method, ...args) {
        return this.orm.silent.call(MODEL, method, args);
    }

    // QUEUES

    /** @returns {Object[]} `{key, label, icon, count, Component}`, those that the server has or that show themselves */
    get queues() {
        return queueRegistry
            .getEntries()
            .filter(([key, queue]) => queue.Component || key in this.counts)
            .map(([key, queue]) => ({ key, ...queue, count: this.counts[key] }));
    }

    get queue() {
        return this.queues.find(({ key }) => key === this.queueKey);
    }

    takeCounts(queues) {
        this.counts = Object.fromEntries(queues.map(({ key, count }) => [key, count]));
    }

    async chooseQueue(key) {
        this.queueKey = key;
        if (!this.queue.Component) {
            await this.list.open(key);
        }
    }

    // WHAT CHANGES ELSEWHERE

    /** A message of the bus: tickets of one's teams, or of oneself, as they are now. */
    applyChange({ rows = [], many }) {
        const isConcerned = this.list.applyChange(rows);
        if (many || isConcerned) {
            this.list.readSoon();
        }
        this.countSoon();
        const changed = rows.find(({ id }) => id === this.ticketId);
        if (changed || many) {
            this.refreshTicket();
        }
    }

    countSoon() {
        this.countTimer ??= browser.setTimeout(async () => {
            this.countTimer = null;
            this.counts = { ...this.counts, ...(await this.call("get_counts")) };
        }, COUNT_MILLISECONDS);
    }

    /** After a time without connection: whatever was missed is read. */
    catchUp() {
        this.countSoon();
        this.list.readSoon();
        if (this.ticketId) {
            this.refreshTicket();
            this.thread(this.ticketId).fetchNewMessages();
        }
    }

    // TICKET

    thread(ticketId) {
        return this.mail.Thread.insert({ model: "helpdesk.ticket", id: ticketId });
    }

    async openTicket(ticketId) {
        this.ticketId = ticketId;
        this.isLoadingTicket = true;
        try {
            const answer = await this.call("get_ticket", ticketId);
            this.takeMessages(ticketId, answer);
            // the answer may come after the agent has gone on to another ticket
            if (this.ticketId === ticketId) {
                this.ticket = answer.ticket;
            }
        } finally {
            if (this.ticketId === ticketId) {
                this.isLoadingTicket = false;
            }
        }
    }

    closeTicket() {
        this.ticketId = null;
        this.ticket = null;
    }

    /** Put what one answer of the server brought into the thread, so that nothing is asked a second time. */
    takeMessages(ticketId, { store, message_ids: ids, has_older: hasOlder, ticket }) {
        this.mail.insert(store);
        const thread = this.thread(ticketId);
        Object.assign(thread, { display_name: ticket.subject, hasWriteAccess: ticket.may_write, hasReadAccess: true });
        thread.messages = this.mail["mail.message"].insert([...ids].reverse());
        thread.isLoaded = true;
        thread.loadOlder = hasOlder;
        thread.loadNewer = false;
    }

    async refreshTicket() {
        const ticketId = this.ticketId;
        if (!ticketId) {
            return;
        }
        const ticket = await this.call("refresh_ticket", ticketId);
        if (this.ticketId === ticketId) {
            this.ticket = ticket;
        }
    }

    /**
     * Write fields of the open ticket, then show what the server made of it.
     *
     * @param {Object} values as `write` takes them
     */
    async write(values) {
        await this.orm.write("helpdesk.ticket", [this.ticketId], values);
        await this.refreshTicket();
    }

    /**
     * Call a method of the open ticket, then show what the server made of it.
     *
     * @param {string} method of `helpdesk.ticket`
     * @returns {Promise<any>} its answer, perhaps an action
     */
    async callTicket(method, ...args) {
        const answer = await this.orm.call("helpdesk.ticket", method, [[this.ticketId], ...args]);
        await this.refreshTicket();
        return answer;
    }
}
