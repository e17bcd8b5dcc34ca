import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

const ROUTE = "/helpdesk/handling";
const ACTIVITY = ["click", "keydown", "mousemove", "pointerdown", "scroll", "wheel"];
// Kept while there is no connection; the server takes none that is older than some minutes.
const MOST_REPORTS = 100;

/**
 * Measures how long a user works on the ticket in front: its form is open in a window that is visible and has the
 * focus, and mouse or keyboard were used lately. Only one window has the focus, so several count once.
 *
 * What was measured is told to the server now and then in one request, by the server's clock; a report that may not
 * have arrived is sent again, unchanged, and the server counts it once.
 */
export class HandlingMeasure {
    constructor() {
        this.tickets = [];
        this.since = null;
        this.lastActivity = 0;
        this.reports = [];
        this.settings = null;
        this.asking = null;
        this.sending = null;
    }

    start() {
        for (const name of ACTIVITY) {
            browser.addEventListener(name, () => this.onActivity(), { capture: true, passive: true });
        }
        browser.addEventListener("focus", () => this.onActivity());
        browser.addEventListener("blur", () => this.pause());
        browser.addEventListener("pagehide", () => this.leavePage());
        document.addEventListener("visibilitychange", () => (this.isInFront ? this.onActivity() : this.pause()));
    }

    /** Whether somebody could be looking at this window. */
    get isInFront() {
        return document.visibilityState === "visible" && document.hasFocus();
    }

    get ticketId() {
        return this.tickets.at(-1)?.id;
    }

    get now() {
        return browser.performance.now();
    }

    /** The last moment, in milliseconds, that counts as work after the last sign of life. */
    get idleFrom() {
        return this.lastActivity + this.settings.idle_seconds * 1000;
    }

    /**
     * A ticket is in front of the user from now on.
     *
     * @param {number} id
     * @returns {() => void} to be called when it is not any more
     */
    enter(id) {
        this.pause();
        const ticket = { id };
        this.tickets.push(ticket);
        this.lastActivity = this.now;
        this.resume();
        this.ready().then(() => this.resume());
        return () => {
            this.pause();
            this.tickets = this.tickets.filter((other) => other !== ticket);
            this.resume();
        };
    }

    /** Ask the server for its clock and whether this user's work is measured, once for the page. */
    ready() {
        this.asking ??= this.send([]).then(() => {
            if (!this.settings) {
                this.asking = null; // no connection: the next ticket asks again
            } else if (this.settings.measured) {
                browser.setInterval(() => this.report(), this.settings.report_seconds * 1000);
            }
        });
        return this.asking;
    }

    onActivity() {
        if (this.since !== null && this.now > this.idleFrom) {
            this.pause();
        }
        this.lastActivity = this.now;
        this.resume();
    }

    resume() {
        if (this.since === null && this.settings?.measured && this.ticketId && this.isInFront) {
            if (this.now < this.idleFrom) {
                this.since = this.now;
            }
        }
    }

    pause() {
        if (this.since === null) {
            return;
        }
        this.note(this.since, Math.min(this.now, this.idleFrom));
        this.since = null;
    }

    /** Keep a stretch of work for the next report, by the server's clock. */
    note(from, to) {
        const [start, stop] = [from, to].map((moment) => Math.floor((moment + this.settings.shift) / 1000));
        if (stop > start) {
            this.reports.push({ ticket: this.ticketId, start, stop });
            this.reports.splice(0, this.reports.length - MOST_REPORTS);
        }
    }

    async report() {
        this.pause();
        this.resume();
        if (this.reports.length && !this.sending) {
            this.sending = this.send([...this.reports]);
            await this.sending;
            this.sending = null;
        }
    }

    async send(reports) {
        const asked = this.now;
        let answer;
        try {
            answer = await rpc(ROUTE, { reports }, { silent: true });
        } catch {
            return; // they are kept for the next time
        }
        // the server's clock in milliseconds is this one's plus the shift
        const shift = answer.now * 1000 - (asked + this.now) / 2;
        this.settings = { ...answer, shift: this.settings?.shift ?? shift };
        if (Math.abs(this.settings.shift - shift) > 2000) {
            this.settings.shift = shift; // the computer slept
        }
        this.reports = this.reports.filter((report) => !reports.includes(report));
    }

    leavePage() {
        this.pause();
        if (this.reports.length) {
            const message = { jsonrpc: "2.0", method: "call", params: { reports: this.reports } };
            const body = new Blob([JSON.stringify(message)], { type: "application/json" });
            browser.navigator.sendBeacon(ROUTE, body);
            this.reports = [];
        }
    }
}

export const handlingService = {
    start() {
        const measure = new HandlingMeasure();
        measure.start();
        return { enter: (ticketId) => measure.enter(ticketId) };
    },
};

registry.category("services").add("helpdesk_handling", handlingService);
