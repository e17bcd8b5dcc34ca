import { reactive } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const MODEL = "helpdesk.agent.session";

/**
 * Whether this account is at work, in which status and since when; the same in all its windows. While it is, the server
 * gets a sign of life now and then.
 */
export class Work {
    constructor(orm) {
        this.orm = orm;
        this.mayWork = false;
        this.session = null;
        this.joined = false;
        this.statuses = [];
        this.seats = [];
        this.timer = null;
    }

    get isAtWork() {
        return Boolean(this.session && this.joined);
    }

    async load() {
        this.take(await this.orm.silent.call(MODEL, "get_work", []));
    }

    async start(seatId) {
        this.take(await this.orm.call(MODEL, "start_work", [seatId]));
    }

    async setStatus(statusId, reasonId = false) {
        this.take(await this.orm.call(MODEL, "set_status", [statusId, reasonId]));
    }

    async end() {
        this.take(await this.orm.call(MODEL, "end_work", []));
    }

    take(answer) {
        this.mayWork = answer.may_work;
        if (!answer.may_work) {
            return;
        }
        this.session = answer.session && { ...answer.session, since: deserializeDateTime(answer.session.since) };
        this.joined = answer.joined;
        this.statuses = answer.statuses;
        this.seats = answer.seats;
        browser.clearInterval(this.timer);
        if (this.isAtWork) {
            this.timer = browser.setInterval(() => this.giveSign(), answer.sign_seconds * 1000);
        }
    }

    async giveSign() {
        let here;
        try {
            here = await this.orm.silent.call(MODEL, "give_sign", []);
        } catch {
            return; // no connection: the next sign tells
        }
        if (!here) {
            await this.load();
        }
    }
}

export const workService = {
    dependencies: ["orm", "bus_service"],
    async start(env, { orm, bus_service: bus }) {
        const work = reactive(new Work(orm));
        if (await user.hasGroup("kemenkes_helpdesk.group_agent")) {
            bus.subscribe("helpdesk.agent/changed", () => work.load());
            // without waiting: the first screen need not know it
            work.load().catch(() => {});
        }
        return work;
    },
};

registry.category("services").add("helpdesk_work", workService);
