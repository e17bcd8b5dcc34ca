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
        this.onChanged = ({ rows = [] }) => rows.forEach((row) => this.take(row));
    }

    start(now) {
        this.startedAt = now;
        this.bus.subscribe(CHANGED, this.onChanged);
    }

    stop() {
        this.bus.unsubscribe(CHANGED, this.onChanged);
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
        if (!isSeen) {
            await this.show(row.id);
        }
    }

    ring() {
        const now = Date.now();
        if (!this.isMuted && now - this.rangAt > QUIET_MILLISECONDS) {
            this.rangAt = now;
            this.sound.play("new-message");
        }
    }

    async show(ticketId) {
        const [ticket] = await this.orm.silent.read("helpdesk.ticket", [ticketId], ["ticket_ref"]);
        const words = _t("The customer has written on %s", ticket.ticket_ref);
        const open = () => this.store.openTicket(ticketId);
        if (document.visibilityState === "visible" || !this.isAllowed) {
            const close = this.notification.add(words, {
                type: "info",
                buttons: [{ name: _t("Open the ticket"), onClick: () => (close(), open()) }],
            });
            return;
        }
        // one for each ticket: a second message takes the place of the first
        const shown = new browser.Notification(words, { tag: `helpdesk.ticket_${ticketId}`, silent: true });
        shown.addEventListener("click", () => {
            window.focus();
            open();
            shown.close();
        });
    }
}
