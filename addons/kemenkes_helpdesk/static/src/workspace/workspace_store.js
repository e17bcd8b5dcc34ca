import { markRaw, reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { letGo } from "./conversation/thread";
import { TicketList } from "./ticket_list/ticket_list_model";
import { Outbox } from "./outbox/outbox";
import { painted } from "./painted";
import { Watchers } from "./presence/watchers";
import { queueRegistry } from "./workspace_registries";

const MODEL = "helpdesk.workspace";
const CHANNEL = "helpdesk.workspace";
const CHANGED = "helpdesk.workspace/tickets";
const COUNT_MILLISECONDS = 3000;
const REFRESH_MILLISECONDS = 400;
const AHEAD_MILLISECONDS = 600;
const MOST_KNOWN = 15;
/** The newest messages of a ticket, as many as it brings when it is opened. */
const NEWEST_MESSAGES = 30;
/** What is here for a message alone, and not deleted by Odoo with it. */
const PARTS_OF_MESSAGE = ["attachment_ids", "message_link_preview_ids", "notification_ids", "reactions"];
const CONNECTION_EVENTS = ["BUS:CONNECT", "BUS:RECONNECT", "BUS:DISCONNECT", "BUS:RECONNECTING"];

/**
 * What the workspace knows and does: queues, the rows of the one that is shown, the ticket that is open. Components and
 * panels of other addons get it as `store`, and call `useState(this.props.store)` to be drawn again when it changes.
 */
export class WorkspaceStore {
    constructor(env, services) {
        this.env = markRaw(env);
        this.action = markRaw(services.action);
        this.dialog = markRaw(services.dialog);
        this.orm = markRaw(services.orm);
        this.bus = markRaw(services.bus_service);
        this.mail = markRaw(services["mail.store"]);
        this.userId = null;
        this.teamIds = [];
        this.mayAnswer = false;
        this.counts = {};
        /** Queues that agents saved themselves: `{key, label, is_own}`. */
        this.views = [];
        this.queueKey = null;
        this.list = new TicketList(this);
        /** The open ticket, as `helpdesk.workspace._prepare_workspace_ticket` tells it. */
        this.ticket = null;
        this.ticketId = null;
        /** When the agent is done with a ticket, what could come next: `{reference, row}`. */
        this.next = null;
        this.isLoadingTicket = false;
        /** Of the open ticket, once somebody has asked for it: `{ticketId, rows}`. */
        this.ledger = null;
        /** Tickets that were open or read ahead, the last one last; of what was said of each, the answer as text. */
        this.known = markRaw(new Map());
        this.said = markRaw(new Map());
        this.refreshing = null;
        this.isRefreshedAgain = false;
        this.isOnline = browser.navigator.onLine;
        this.outbox = new Outbox();
        this.watchers = new Watchers(this);
        /** Ticket → what of its draft the server has. */
        this.savedDrafts = {};
        this.countTimer = null;
        this.refreshTimer = null;
    }

    static create(env, services) {
        const store = reactive(new WorkspaceStore(env, services));
        store.list.store = store;
        store.watchers.store = store;
        store.outbox.hooks = {
            onSent: (item, answer) => store.onSent(item, answer),
            onAnswered: ({ ticketId }) => store.thread(ticketId).fetchNewMessages(),
        };
        return store;
    }

    // LIFE

    async start(ticketId) {
        this.onChanged = (change) => this.applyChange(change);
        this.bus.subscribe(CHANGED, this.onChanged);
        this.onConnection = ({ type }) =>
            this.setOnline(!["offline", "BUS:DISCONNECT", "BUS:RECONNECTING"].includes(type));
        for (const name of CONNECTION_EVENTS) {
            this.bus.addEventListener(name, this.onConnection);
        }
        browser.addEventListener("online", this.onConnection);
        browser.addEventListener("offline", this.onConnection);
        this.bus.addChannel(CHANNEL);
        this.watchers.start();
        this.outbox.start();
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
        for (const name of CONNECTION_EVENTS) {
            this.bus.removeEventListener(name, this.onConnection);
        }
        browser.removeEventListener("online", this.onConnection);
        browser.removeEventListener("offline", this.onConnection);
        this.bus.deleteChannel(CHANNEL);
        browser.clearTimeout(this.countTimer);
        browser.clearTimeout(this.aheadTimer);
        browser.clearTimeout(this.refreshTimer);
        this.list.stop();
        this.watchers.stop();
        this.outbox.stop();
    }

    setOnline(isOnline) {
        const wasOnline = this.isOnline;
        this.isOnline = isOnline;
        if (isOnline && !wasOnline) {
            this.catchUp();
        }
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
        const known = queueRegistry
            .getEntries()
            .filter(([key, queue]) => queue.Component || key in this.counts)
            .map(([key, queue]) => ({ key, ...queue, count: this.counts[key] }));
        return [
            ...known,
            ...this.views.map((view) => ({ ...view, icon: "fa-bookmark-o", count: this.counts[view.key] })),
        ];
    }

    get queue() {
        return this.queues.find(({ key }) => key === this.queueKey);
    }

    takeCounts(queues) {
        this.counts = Object.fromEntries(queues.map(({ key, count }) => [key, count]));
        this.views = queues.filter(({ label }) => label);
    }

    async readQueues() {
        this.takeCounts(await this.call("get_queues"));
    }

    /** Keep what is searched in the queue as a queue of one's own. */
    async saveView(name) {
        const { key, search } = this.list;
        const saved = await this.orm.call(MODEL, "save_view", [name, key, search]);
        await this.readQueues();
        await this.chooseQueue(saved);
    }

    async removeView(key) {
        await this.orm.call(MODEL, "remove_view", [key]);
        await this.readQueues();
        if (this.queueKey === key) {
            await this.chooseQueue(this.queues.find((queue) => !queue.Component).key);
        }
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
            this.refreshSoon();
        }
    }

    /** What was said is read at once, by the thread; what else has changed a moment later, and once for team and agent. */
    refreshSoon() {
        this.refreshTimer ??= browser.setTimeout(() => {
            this.refreshTimer = null;
            return this.refreshTicket();
        }, REFRESH_MILLISECONDS);
    }

    countSoon() {
        this.countTimer ??= browser.setTimeout(async () => {
            this.countTimer = null;
            await this.readQueues();
        }, COUNT_MILLISECONDS);
    }

    /** After a time without connection: whatever was missed is read. */
    catchUp() {
        this.outbox.retry();
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

    /** Show a ticket: at once, as it was when it was last here or read ahead; a moment later as it is. */
    async openTicket(ticketId) {
        const left = this.ticketId;
        this.ticketId = ticketId;
        this.next = null;
        this.ledger = null;
        this.isLoadingTicket = true;
        // never the former one: what is typed now belongs to the new one
        this.ticket = this.known.get(ticketId) || null;
        try {
            // what is here already is shown before anything else is done
            const [answer] = await Promise.all([this.call("get_ticket", ticketId), this.ticket && painted()]);
            this.take(ticketId, answer);
            this.readAhead();
            if (left && left !== this.ticketId) {
                this.forgetMessages(left, NEWEST_MESSAGES);
            }
        } finally {
            if (this.ticketId === ticketId) {
                this.isLoadingTicket = false;
            }
        }
    }

    /** An answer of the server about a ticket; it may come after the agent has gone on to another one. */
    take(ticketId, answer) {
        this.takeMessages(ticketId, answer);
        this.takeTicket(answer.ticket);
    }

    /** What is as it was is not drawn again. */
    takeTicket(ticket) {
        const known = this.known.get(ticket.id);
        const isSame = known && JSON.stringify(known) === JSON.stringify(ticket);
        this.keep(isSame ? known : markRaw(ticket));
        if (this.ticketId === ticket.id) {
            this.ticket = this.known.get(ticket.id);
        }
    }

    keep(ticket) {
        this.known.delete(ticket.id);
        this.known.set(ticket.id, ticket);
        if (this.known.size > MOST_KNOWN) {
            const [oldest] = this.known.keys();
            this.known.delete(oldest);
            this.said.delete(oldest);
            this.forgetMessages(oldest, 0);
        }
    }

    /** A page is open all day: of tickets that nobody looks at any more it keeps the newest messages, or none. */
    forgetMessages(ticketId, kept) {
        const thread = this.thread(ticketId);
        const forgotten = thread.messages
            .slice(0, Math.max(thread.messages.length - kept, 0))
            // those are counted elsewhere in Odoo
            .filter(
                ({ needaction, starred, failureNotifications }) =>
                    !needaction && !starred && !failureNotifications.length,
            );
        for (const message of forgotten) {
            PARTS_OF_MESSAGE.flatMap((field) => [...message[field]]).forEach(letGo);
            letGo(message);
        }
        if (forgotten.length) {
            thread.loadOlder = true;
            thread.isLoaded = kept > 0;
        }
    }

    /** The next ticket of the queue is here before the agent asks for it. Nobody has looked at it by that. */
    readAhead() {
        browser.clearTimeout(this.aheadTimer);
        this.aheadTimer = browser.setTimeout(async () => {
            const row = this.list.neighbour(this.ticketId, 1);
            if (row && !this.known.has(row.id)) {
                const answer = await this.call("peek_ticket", row.id).catch(() => null);
                if (answer) {
                    this.take(row.id, answer);
                }
            }
        }, AHEAD_MILLISECONDS);
    }

    /** Go to the row after the open one, or before it (-1). */
    async move(step) {
        const row = this.list.neighbour(this.ticketId, step);
        if (row) {
            await this.openTicket(row.id);
        }
    }

    closeTicket() {
        this.ticketId = null;
        this.ticket = null;
    }

    /** Put what one answer of the server brought into the thread, so that nothing is asked a second time. */
    takeMessages(ticketId, { store, message_ids: ids, has_older: hasOlder, ticket }) {
        const thread = this.thread(ticketId);
        const said = JSON.stringify([store, ids, ticket.macros]);
        this.savedDrafts[ticketId] = ticket.draft;
        if (thread.isLoaded && thread.newestPersistentMessage?.id === ids[0] && this.said.get(ticketId) === said) {
            return;
        }
        this.said.set(ticketId, said);
        this.mail.insert(store);
        const older = thread.isLoaded ? this.olderMessages(thread, ids.at(-1)) : [];
        Object.assign(thread, { display_name: ticket.subject, hasWriteAccess: ticket.may_write, hasReadAccess: true });
        thread.messages = [...older, ...this.mail["mail.message"].insert([...ids].reverse())];
        thread.isLoaded = true;
        thread.loadOlder = older.length ? thread.loadOlder : hasOlder;
        thread.loadNewer = false;
        thread.helpdesk_macros = ticket.macros;
    }

    /** Older messages that were scrolled to stay, unless more was said since than one answer brings: no gap is shown. */
    olderMessages(thread, oldest) {
        const isJoined = thread.messages.some(({ id }) => id === oldest);
        return isJoined ? thread.messages.filter(({ id }) => id < oldest) : [];
    }

    async refreshTicket() {
        const ticketId = this.ticketId;
        if (!ticketId) {
            return;
        }
        // what asks while an answer is on its way gets one more answer, together
        if (this.refreshing) {
            this.isRefreshedAgain = true;
            return this.refreshing;
        }
        this.refreshing = this.readTicket(ticketId).finally(() => (this.refreshing = null));
        await this.refreshing;
        if (this.isRefreshedAgain) {
            this.isRefreshedAgain = false;
            await this.refreshTicket();
        }
    }

    async readTicket(ticketId) {
        this.takeTicket(await this.call("refresh_ticket", ticketId));
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

    /**
     * What buttons and keys of the ticket do; an action in the answer is shown.
     *
     * @param {string} method of `helpdesk.ticket`
     */
    async act(method) {
        const { ticketId } = this;
        if (method === "action_solve" && !(await this.isWrappedUp())) {
            return;
        }
        const row = this.following(ticketId);
        const answer = await this.callTicket(method);
        if (answer && typeof answer === "object") {
            await this.action.doAction(answer, { onClose: () => this.refreshTicket() });
        } else if (method === "action_solve") {
            this.offerNext(row);
        }
    }

    /** What could come after a ticket; not one that is solved, or that will be once its answer has gone out. */
    following(ticketId) {
        const leaving = this.outbox.items.filter(({ after }) => after).map((item) => item.ticketId);
        return this.list.following(ticketId, ({ id, stage_kind: kind }) => kind === "solved" || leaving.includes(id));
    }

    offerNext(row) {
        this.next = { reference: this.ticket.reference, row };
    }

    /** Ask for what the product wants before a ticket is solved. */
    async isWrappedUp() {
        // an answer is no field to fill in: the server says so when there is none
        if (!this.ticket.wrap_up.some(({ name }) => name !== "reply_count")) {
            return true;
        }
        let isSaved = false;
        return new Promise((resolve) => {
            this.dialog.add(
                FormViewDialog,
                {
                    resModel: "helpdesk.ticket",
                    resId: this.ticketId,
                    title: _t("Before it is solved"),
                    context: { form_view_ref: "kemenkes_helpdesk.helpdesk_ticket_view_form_wrap_up" },
                    onRecordSaved: () => (isSaved = true),
                },
                { onClose: () => resolve(isSaved) },
            );
        });
    }

    /** Another screen of the open ticket, such as the one to escalate it. */
    openDialog(xmlId) {
        return this.action.doAction(xmlId, {
            additionalContext: {
                active_model: "helpdesk.ticket",
                active_id: this.ticketId,
                active_ids: [this.ticketId],
            },
            onClose: () => this.refreshTicket(),
        });
    }

    // WRITING

    /** The server has a message of the outbox: it stands in the thread, and what was to follow is done. */
    async onSent({ ticketId, after }, answer) {
        const thread = this.thread(ticketId);
        if (answer) {
            this.mail.insert(answer.store_data);
            thread.addOrReplaceMessage(this.mail["mail.message"].get(answer.message_id));
        }
        this.env.bus.trigger("HELPDESK:WORKSPACE_SENT", { ticketId });
        const action = after && (await this.orm.call("helpdesk.ticket", after, [[ticketId]]));
        if (action && typeof action === "object") {
            await this.action.doAction(action);
        }
        if (ticketId === this.ticketId) {
            await this.refreshTicket();
        }
    }

    /** A message that was taken back stands in the composer again, in front of what was written since. */
    putBack({ ticketId, text, files = [], isNote }) {
        const { composer } = this.thread(ticketId);
        composer.composerText = [text, composer.composerText].filter(Boolean).join("\n");
        composer.attachments.push(...this.mail["ir.attachment"].insert(files));
        this.env.bus.trigger("HELPDESK:WORKSPACE_WRITE", { type: isNote ? "note" : "message" });
    }

    /**
     * @param {Object} message see `helpdesk.workspace.schedule`
     * @param {string} date UTC
     */
    async schedule(message, date) {
        const { ticketId } = this;
        const scheduled = await this.orm.call(MODEL, "schedule", [ticketId, message, date]);
        if (this.ticketId === ticketId) {
            this.takeTicket({ ...this.ticket, scheduled });
        }
    }

    async takeScheduledBack({ id, is_note: isNote }) {
        const { ticketId } = this;
        const { text, attachment_ids: ids, store } = await this.orm.call(MODEL, "take_scheduled_back", [id]);
        this.mail.insert(store);
        this.putBack({ ticketId, text, files: ids.map((fileId) => ({ id: fileId })), isNote });
        await this.refreshTicket();
    }

    async runMacro(macroId) {
        const { ticketId } = this;
        this.take(ticketId, await this.orm.call(MODEL, "run_macro", [ticketId, macroId]));
    }

    /** What is typed is on this computer already; without a connection it stays there. */
    async saveDraft(ticketId, text) {
        if (this.savedDrafts[ticketId] === text) {
            return;
        }
        this.savedDrafts[ticketId] = text;
        try {
            await this.call("save_draft", ticketId, text);
        } catch {
            delete this.savedDrafts[ticketId];
        }
    }
}
