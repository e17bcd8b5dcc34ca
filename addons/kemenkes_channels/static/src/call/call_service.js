import { reactive } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const MODEL = "helpdesk.call";
const TICK_MILLISECONDS = 1000;
const LIVE = ["requested", "ringing", "talking", "held"];

/** The calls on this account's telephone, in all its windows: who rings, who is talked to, and the wrap-up behind it. */
export class Calls {
    constructor(orm) {
        this.orm = orm;
        this.list = [];
        this.now = Date.now();
        this.timer = null;
    }

    async load() {
        const current = await this.orm.silent.call(MODEL, "get_current", []);
        // the newest last: it is the one that stands open
        current.reverse().forEach((call) => this.take(call));
    }

    /** A call begins, or something has become of it; what the agent has typed stays. */
    take(call) {
        const known = this.list.find((other) => other.id === call.id);
        if (known) {
            Object.assign(known, call, { note: known.note });
        } else if (this.isShown(call)) {
            // one card at a time, or they cover what one works on
            this.list.forEach((other) => (other.isSmall = true));
            this.list.push({ ...call, isSmall: false });
        }
        this.list.filter((other) => !this.isShown(other)).forEach((other) => this.remove(other.id));
        if (this.list.length) {
            this.timer ??= browser.setInterval(() => (this.now = Date.now()), TICK_MILLISECONDS);
        }
    }

    isShown(call) {
        return LIVE.includes(call.state) || ["ended", "failed"].includes(call.state);
    }

    /** Whether one of the cards is about this ticket. */
    isAbout(ticketId) {
        return this.list.some(({ ticket }) => ticket?.id === ticketId);
    }

    remove(id) {
        this.list = this.list.filter((call) => call.id !== id);
        if (!this.list.length) {
            browser.clearInterval(this.timer);
            this.timer = null;
        }
    }

    async finish(call) {
        await this.orm.call(MODEL, "finish_wrap_up", [[call.id], call.note || ""]);
        this.remove(call.id);
    }

    /** @param {string} command one of the call's `commands`; what becomes of it the telephone system tells */
    control(call, command) {
        return this.orm.call(MODEL, "control", [[call.id], command]);
    }

    /** @returns {Promise<number>} the ticket that the call is about from now on; without an id a new one */
    move(call, ticketId = false) {
        return this.orm.call(MODEL, "move_to_ticket", [[call.id], ticketId]);
    }
}

export const callService = {
    dependencies: ["orm", "bus_service", "notification"],
    async start(env, { orm, bus_service: bus, notification }) {
        const calls = reactive(new Calls(orm));
        if (await user.hasGroup("kemenkes_helpdesk.group_agent")) {
            bus.subscribe("helpdesk.call/now", (call) => calls.take(call));
            bus.subscribe("helpdesk.call/gone", ({ id }) => calls.remove(id));
            bus.subscribe("helpdesk.call/refused", ({ reason }) =>
                notification.add(reason, { title: _t("The telephone system refuses"), type: "warning" }),
            );
            calls.load().catch(() => {});
        }
        return calls;
    },
};

registry.category("services").add("helpdesk_calls", callService);
