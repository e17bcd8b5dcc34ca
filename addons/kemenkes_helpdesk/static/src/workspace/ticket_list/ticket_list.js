import { Component, onMounted, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { useDebounced } from "@web/core/utils/timing";
import { TicketRow } from "./ticket_row";

export const ROW_HEIGHT = 84;
const SPARE_ROWS = 5;
// as many as the highest screen shows
const MOST_ROWS = 60;
const TICK_MILLISECONDS = 1000;
const SLOW_TICK_MILLISECONDS = 30000;
const HOUR = 3600000;

/** A queue of any length: only the rows on the screen, and some above and below, are in the page. */
export class TicketListView extends Component {
    static template = "kemenkes_helpdesk.TicketList";
    static components = { TicketRow };
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.scroller = useRef("scroller");
        this.state = useState({ top: 0, height: 600, now: Date.now(), isNaming: false });
        this.find = useDebounced((search) => this.list.find(search), 300);
        this.onScroll = this.onScroll.bind(this);
        const timer = browser.setInterval(() => this.tick(), TICK_MILLISECONDS);
        const observer = new ResizeObserver(() => this.onScroll());
        onMounted(() => observer.observe(this.scroller.el));
        onWillUnmount(() => {
            observer.disconnect();
            browser.clearInterval(timer);
        });
        useEffect(
            (first, last) => this.list.show(first, last),
            () => [this.first, this.last, this.list.count],
        );
        useEffect(
            (ticketId) => this.reveal(ticketId),
            () => [this.store.ticketId],
        );
    }

    open(ticketId) {
        return this.store.openTicket(ticketId);
    }

    async saveView(ev) {
        const name = new FormData(ev.target).get("name");
        this.state.isNaming = false;
        await this.store.saveView(name);
    }

    get list() {
        return this.store.list;
    }

    /** Seconds are shown in the last hour only; else half a minute is soon enough. */
    tick() {
        const now = Date.now();
        const isNear = ({ row }) => row?.next_due_date && Math.abs(deserializeDateTime(row.next_due_date) - now) < HOUR;
        if (now - this.state.now > SLOW_TICK_MILLISECONDS || this.rows.some(isNear)) {
            this.state.now = now;
        }
    }

    onScroll() {
        const { scrollTop, clientHeight } = this.scroller.el;
        Object.assign(this.state, { top: scrollTop, height: clientHeight });
    }

    get first() {
        return Math.max(Math.floor(this.state.top / ROW_HEIGHT) - SPARE_ROWS, 0);
    }

    get last() {
        const last = Math.ceil((this.state.top + this.state.height) / ROW_HEIGHT) + SPARE_ROWS;
        return Math.max(Math.min(last, this.first + MOST_ROWS, this.list.count - 1), 0);
    }

    get rows() {
        const rows = [];
        for (let index = this.first; index <= this.last && index < this.list.count; index++) {
            rows.push({ index, row: this.list.rows[index], top: index * ROW_HEIGHT });
        }
        return rows;
    }

    get height() {
        return this.list.count * ROW_HEIGHT;
    }

    /** The row of the open ticket comes into view when the keyboard moves on. */
    reveal(ticketId) {
        const index = this.list.indexOf(ticketId);
        const { scrollTop, clientHeight } = this.scroller.el;
        if (index < 0) {
            return;
        }
        if (index * ROW_HEIGHT < scrollTop) {
            this.scroller.el.scrollTop = index * ROW_HEIGHT;
        } else if ((index + 1) * ROW_HEIGHT > scrollTop + clientHeight) {
            this.scroller.el.scrollTop = (index + 1) * ROW_HEIGHT - clientHeight;
        }
    }
}
