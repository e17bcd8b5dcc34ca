import { markRaw, toRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

const PAGE = 50;
const READ_MILLISECONDS = 400;

/**
 * The rows of a queue, of which only those are here that were looked at: pages come as the agent scrolls. Rows change in
 * place by what the bus tells; where they stand is the server's to say.
 */
export class TicketList {
    constructor(store) {
        this.store = store;
        this.key = null;
        this.search = "";
        this.count = 0;
        /** Row number → row; holes are rows that nobody looked at yet. */
        this.rows = {};
        this.visible = { first: 0, last: 0 };
        this.asked = new Set();
        this.version = 0;
        this.isLoaded = false;
        this.timer = null;
    }

    stop() {
        browser.clearTimeout(this.timer);
    }

    async open(key) {
        Object.assign(this, { key, search: "", rows: {}, count: 0, isLoaded: false });
        await this.read();
    }

    async find(search) {
        Object.assign(this, { search, rows: {}, count: 0, isLoaded: false });
        await this.read();
    }

    /** Rows on the screen: what of them is missing is read. */
    show(first, last) {
        this.visible = { first, last };
        this.readMissing();
    }

    get pages() {
        const { first, last } = this.visible;
        const pages = [];
        for (let page = Math.floor(first / PAGE); page <= Math.floor(Math.max(last, first) / PAGE); page++) {
            pages.push(page);
        }
        return pages;
    }

    async readMissing() {
        const missing = this.pages.filter((page) => {
            const start = page * PAGE;
            const isHole = (index) => index < this.count && !this.rows[index];
            return !this.asked.has(page) && (isHole(start) || isHole(Math.min(start + PAGE, this.count) - 1));
        });
        await Promise.all(missing.map((page) => this.readPage(page)));
    }

    /** Read anew what is on the screen, and forget the rest. */
    async read() {
        this.version++;
        this.asked.clear();
        await Promise.all(this.pages.map((page) => this.readPage(page, true)));
    }

    async readPage(page, isFirst = false) {
        const version = this.version;
        this.asked.add(page);
        try {
            const answer = await this.store.call("get_queue_rows", this.key, page * PAGE, PAGE, this.search);
            if (version !== this.version) {
                return;
            }
            const rows = isFirst ? this.withoutFarRows() : { ...this.rows };
            this.withoutNewCopies(answer.rows).forEach((row, index) => (rows[page * PAGE + index] = row));
            this.count = answer.count;
            this.rows = Object.fromEntries(Object.entries(rows).filter(([index]) => index < answer.count));
            this.isLoaded = true;
        } finally {
            this.asked.delete(page);
        }
    }

    /** Rows that are as they were stay the same ones, and are not drawn again. */
    withoutNewCopies(rows) {
        const known = new Map(Object.values(toRaw(this.rows)).map((row) => [row.id, row]));
        return rows.map((row) => {
            const former = known.get(row.id);
            return former && JSON.stringify(former) === JSON.stringify(row) ? former : markRaw(row);
        });
    }

    withoutFarRows() {
        const pages = this.pages;
        return Object.fromEntries(
            Object.entries(this.rows).filter(([index]) => pages.includes(Math.floor(index / PAGE))),
        );
    }

    readSoon() {
        this.timer ??= browser.setTimeout(() => {
            this.timer = null;
            this.read();
        }, READ_MILLISECONDS);
    }

    /**
     * Put changes of tickets into the rows that are here.
     *
     * @returns {boolean} whether order or contents of the list may have changed
     */
    applyChange(changes) {
        const changeById = new Map(changes.map((change) => [change.id, change]));
        let isShown = false;
        for (const [index, row] of Object.entries(this.rows)) {
            const change = changeById.get(row.id);
            if (change) {
                this.rows[index] = markRaw({ ...row, ...change });
                isShown = true;
            }
        }
        return isShown || changes.some((change) => this.mayBelong(change));
    }

    /** Whether a ticket that is not here may be one of this queue now. */
    mayBelong(change) {
        if (this.key.startsWith("mine")) {
            return change.user_id === this.store.userId;
        }
        return this.key !== "team" || !change.user_id;
    }

    indexOf(ticketId) {
        const found = Object.entries(this.rows).find(([, row]) => row.id === ticketId);
        return found ? Number(found[0]) : -1;
    }

    /** @returns {Object|undefined} the row before (-1) or after (1) the given ticket; the first one if it is not here */
    neighbour(ticketId, step) {
        const index = this.indexOf(ticketId);
        return index < 0 ? this.rows[0] : this.rows[index + step];
    }

    /**
     * What comes after a ticket that is done: the next row on which there is something to do, from the top again after
     * the last one.
     *
     * @param {number} ticketId
     * @param {function(Object): boolean} isDone whether a row needs nobody any more
     * @returns {Object|undefined}
     */
    following(ticketId, isDone) {
        const index = this.indexOf(ticketId);
        const places = Object.keys(this.rows).map(Number);
        const inTurn = [...places.filter((place) => place > index), ...places.filter((place) => place < index)];
        const place = inTurn.find((place) => this.rows[place].id !== ticketId && !isDone(this.rows[place]));
        return this.rows[place];
    }
}
