import { browser } from "@web/core/browser/browser";
import { ConnectionLostError, rpc } from "@web/core/network/rpc";
import { user } from "@web/core/user";
import { uuid } from "@web/core/utils/strings";

/** An answer can be taken back for so long. */
export const UNDO_MILLISECONDS = 5000;
const TICK_MILLISECONDS = 500;
const RETRY_MILLISECONDS = 5000;
const ROUTE = "/mail/message/post";
const ANSWERED = "odoo.addons.kemenkes_helpdesk.exceptions.TicketAnsweredError";
// Nothing was wrong with the message: many wrote at once, or the database changes over. The same again will do.
const BUSY = [
    "odoo.exceptions.ConcurrencyError",
    "psycopg2.InterfaceError",
    "psycopg2.OperationalError",
    "psycopg2.errors.AdminShutdown",
    "psycopg2.errors.CannotConnectNow",
    "psycopg2.errors.DeadlockDetected",
    "psycopg2.errors.LockNotAvailable",
    "psycopg2.errors.ReadOnlySqlTransaction",
    "psycopg2.errors.SerializationFailure",
    "psycopg2.pool.PoolError",
];

/**
 * What agents have sent and the server may not have yet. It is kept on this computer until the server has said that it
 * has it: neither a crash nor a lost connection loses a word, and the key of each lets the server take it only once.
 *
 * A `state` is "held" (can be taken back), "sending", "waiting" (no connection, or `isBusy`: a server without a turn for
 * it), "answered" (somebody was quicker) or "refused" (the server said why).
 */
export class Outbox {
    constructor() {
        /** `onSent(item, answer)`: the server has a message; `onAnswered(item)`: a colleague was quicker. */
        this.hooks = { onSent: () => {}, onAnswered: () => {} };
        this.items = this.load();
        this.timer = null;
        this.now = Date.now();
    }

    get place() {
        return `helpdesk_outbox_${user.userId}`;
    }

    load() {
        const kept = JSON.parse(browser.localStorage.getItem(this.place) || "[]");
        // what was being sent when the page went away: the server knows by its key whether it has it
        return kept.map((item) => (item.state === "sending" ? { ...item, state: "waiting", retryAt: 0 } : item));
    }

    keep() {
        const { localStorage } = browser;
        if (this.items.length) {
            localStorage.setItem(this.place, JSON.stringify(this.items));
        } else {
            localStorage.removeItem(this.place);
        }
    }

    start() {
        this.tick();
    }

    stop() {
        browser.clearInterval(this.timer);
        this.timer = null;
    }

    of(ticketId) {
        return this.items.filter((item) => item.ticketId === ticketId);
    }

    find(key) {
        return this.items.find((item) => item.key === key);
    }

    /**
     * @param {Object} message `ticketId`, `params` for the server, `text` as it was written, `isNote`, `seenId` of the
     *   newest message that the agent has seen, `after` a method of the ticket to call when it is sent
     */
    add(message) {
        const wait = message.isNote ? 0 : UNDO_MILLISECONDS;
        this.items.push({ ...message, key: uuid() + uuid(), state: "held", dueAt: Date.now() + wait });
        this.keep();
        this.tick();
    }

    remove(key) {
        this.items = this.items.filter((item) => item.key !== key);
        this.keep();
    }

    /** @returns {Object|undefined} the message, when it could still be taken back */
    undo(key) {
        const item = this.find(key);
        if (!item || item.state === "sending") {
            return undefined;
        }
        this.remove(key);
        return item;
    }

    sendNow(key) {
        const item = this.find(key);
        if (item && item.state !== "sending") {
            Object.assign(item, { state: "held", dueAt: 0 });
            this.tick();
        }
    }

    /** The agent has read what a colleague answered meanwhile, and sends all the same. */
    sendAnyway(key, seenId) {
        Object.assign(this.find(key), { seenId });
        this.sendNow(key);
    }

    /** With the connection back, nothing waits for its turn. */
    retry() {
        for (const item of this.items) {
            if (item.state === "waiting") {
                item.retryAt = 0;
            }
        }
        this.tick();
    }

    secondsLeft(item) {
        return Math.max(Math.ceil((item.dueAt - this.now) / 1000), 0);
    }

    tick() {
        this.now = Date.now();
        const isDue = {
            held: (item) => item.dueAt <= this.now,
            waiting: (item) => item.retryAt <= this.now,
        };
        for (const item of this.items) {
            // one after the other: a customer reads them in the order in which they were written
            if (isDue[item.state]?.(item) && this.of(item.ticketId)[0].key === item.key) {
                this.send(item);
            }
        }
        const isMoving = this.items.some((item) => ["held", "waiting"].includes(item.state));
        if (isMoving && !this.timer) {
            this.timer = browser.setInterval(() => this.tick(), TICK_MILLISECONDS);
        } else if (!isMoving) {
            this.stop();
        }
    }

    async send(item) {
        item.state = "sending";
        this.keep();
        const { key, seenId, params } = item;
        const sending = { key, seen_message_id: seenId || 0 };
        const context = { ...user.context, ...params.context, helpdesk_sending: sending };
        try {
            const answer = await rpc(ROUTE, { ...params, context }, { silent: true });
            item.isArrived = true;
            // what is to follow may be cut off as well: it is kept until that is done, and the key makes sending harmless
            await this.hooks.onSent(item, answer);
            this.remove(key);
        } catch (error) {
            this.fail(item, error);
        } finally {
            this.tick();
        }
    }

    fail(item, error) {
        const isBusy = BUSY.includes(error.exceptionName);
        if (isBusy || error instanceof ConnectionLostError) {
            Object.assign(item, { state: "waiting", isBusy, retryAt: Date.now() + RETRY_MILLISECONDS });
        } else if (item.isArrived) {
            // the customer has it; why the ticket could not be solved is said as elsewhere
            this.remove(item.key);
            throw error;
        } else if (error.exceptionName === ANSWERED) {
            Object.assign(item, { state: "answered", error: error.data.message });
            this.hooks.onAnswered(item);
        } else {
            Object.assign(item, { state: "refused", error: error.data?.message || error.message });
        }
        this.keep();
    }
}
