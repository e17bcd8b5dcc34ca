import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";

const CHANGED = "helpdesk.workspace/tickets";
const MUTED = "helpdesk_workspace_muted";
// In an outage customers write by the second: one sound says it.
const QUIET_MILLISECONDS = 3000;

/**
 * Tells the agent when a customer writes on a ticket of theirs: by a sound, and by the browser where it was allowed to and
 * nobody looks. The browser is told the reference only; what the customer said stays on the page.
 */
export class Notices {
    constructor(store, { orm, bus, sound, permission, notification }) {
        Object.assign(this, { store, orm, bus, sound, permission, notification });
        this.isMuted = browser.localStorage.getItem(MUTED) === "1";
        /** Ticket → when its customer wrote last, as far as it was told. */
        this.told = new Map();
        this.rangAt = 0;
        /** Tickets of which the agent is told together, a moment later. */
        this.waiting = new Set();
        this.shownAt = 0;
        this.timer = null;
        this.onChanged = ({ rows = [] }) => rows.forEach((row) => this.take(row));
    }

    start(now) {
        this.startedAt = now;
        this.bus.subscribe(CHANGED, this.onChanged);
    }

    stop() {
        this.bus.unsubscribe(CHANGED, this.onChanged);
        browser.clearTimeout(this.timer);
    }

    get isAllowed() {
        return this.permission.permission === "granted";
    }

    get isRefused() {
        return this.permission.permission === "denied";
    }

    /** By a click: the browser is asked once, then the sound goes on and off. */
    async toggle() {
        if (!this.isAllowed && !this.isRefused) {
            await this.permission.requestPermission();
            this.setMuted(false);
            return;
        }
        this.setMuted(!this.isMuted);
    }

    setMuted(isMuted) {
        this.isMuted = isMuted;
        browser.localStorage.setItem(MUTED, isMuted ? "1" : "0");
    }

    isNews({ id, user_id: userId, customer_wrote: said }) {
        const isMine = userId === this.store.userId;
        return isMine && said && said > (this.told.get(id) || this.startedAt) && !this.isToldElsewhere(id);
    }

    /** Whether the agent sees in another way who speaks on this ticket; for addons to say. */
    isToldElsewhere(_ticketId) {
        return false;
    }

    async take(row) {
        if (!this.isNews(row)) {
            return;
        }
        this.told.set(row.id, row.customer_wrote);
        const isSeen = row.id === this.store.ticketId && document.visibilityState === "visible";
        this.ring();
        if (isSeen) {
            return;
        }
        this.waiting.add(row.id);
        if (this.timer) {
            return;
        }
        const wait = this.shownAt + QUIET_MILLISECONDS - Date.now();
        if (wait > 0) {
            this.timer = browser.setTimeout(() => this.showWaiting(), wait);
            return;
        }
        await this.showWaiting();
    }

    ring() {
        const now = Date.now();
        if (!this.isMuted && now - this.rangAt > QUIET_MILLISECONDS) {
            this.rangAt = now;
            this.sound.play("new-message");
        }
    }

    /** The first at once; who writes by the second is told of together. */
    async showWaiting() {
        this.timer = null;
        this.shownAt = Date.now();
        const ticketIds = [...this.waiting];
        this.waiting.clear();
        if (ticketIds.length > 1) {
            return this.show(_t("Customers have written on %s of your tickets", ticketIds.length), "helpdesk.tickets");
        }
        const [ticketId] = ticketIds;
        const [ticket] = await this.orm.silent.read("helpdesk.ticket", [ticketId], ["ticket_ref"]);
        const words = _t("The customer has written on %s", ticket.ticket_ref);
        this.show(words, `helpdesk.ticket_${ticketId}`, () => this.store.openTicket(ticketId));
    }

    /**
     * @param {string} tag what the browser tells of under the same takes the place of what it told before
     * @param {Function} [open] what a click does
     */
    show(words, tag, open) {
        if (document.visibilityState === "visible" || !this.isAllowed) {
            const buttons = open ? [{ name: _t("Open the ticket"), onClick: () => (close(), open()) }] : [];
            const close = this.notification.add(words, { type: "info", buttons });
            return;
        }
        const shown = new browser.Notification(words, { tag, silent: true });
        shown.addEventListener("click", () => {
            window.focus();
            open?.();
            shown.close();
        });
    }
}
