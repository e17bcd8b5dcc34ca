import { reactive } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const MODEL = "helpdesk.offer";
const SOUND = "call-invitation";
const TICK_MILLISECONDS = 1000;

/**
 * The tickets that this account is asked to take, in all its windows. While one is open it rings; when the time is over
 * the server is told, whose clock decides.
 */
export class Offers {
    constructor(env, orm, sound) {
        this.env = env;
        this.orm = orm;
        this.sound = sound;
        this.list = [];
        this.reasons = [];
        this.timer = null;
    }

    async load() {
        const [open, reasons] = await Promise.all([
            this.orm.silent.call(MODEL, "get_open", []),
            this.orm.silent.searchRead("helpdesk.reject.reason", [], ["name"]),
        ]);
        this.reasons = reasons;
        open.forEach((offer) => this.add(offer));
    }

    add(offer) {
        if (this.list.some((other) => other.id === offer.id)) {
            return;
        }
        this.list.push(offer);
        this.sound.play(SOUND, { loop: true });
        this.timer ??= browser.setInterval(() => this.tick(), TICK_MILLISECONDS);
    }

    remove(id) {
        this.list = this.list.filter((offer) => offer.id !== id);
        if (!this.list.length) {
            this.sound.stop(SOUND);
            browser.clearInterval(this.timer);
            this.timer = null;
        }
    }

    tick() {
        for (const offer of this.list) {
            offer.left -= 1;
            // a second late rather than early: the server refuses what is not over yet
            if (offer.left < 0 && !offer.isOver) {
                offer.isOver = true;
                this.orm.silent.call(MODEL, "miss", [offer.id]).finally(() => this.remove(offer.id));
            }
        }
    }

    /** @returns {Promise<number|undefined>} the ticket, when it is this account's now */
    async accept(offer) {
        return this.answer(offer, "accept", []);
    }

    async reject(offer, reason) {
        await this.answer(offer, "reject", [reason.id]);
    }

    async answer(offer, method, args) {
        if (offer.isAnswered) {
            return;
        }
        offer.isAnswered = true;
        try {
            return await this.orm.call(MODEL, method, [offer.id, ...args]);
        } finally {
            this.remove(offer.id);
        }
    }
}

export const offerService = {
    dependencies: ["orm", "bus_service", "notification", "mail.sound_effects"],
    async start(env, services) {
        const { orm, bus_service: bus, notification, "mail.sound_effects": sound } = services;
        const offers = reactive(new Offers(env, orm, sound));
        if (await user.hasGroup("kemenkes_helpdesk.group_agent")) {
            bus.subscribe("helpdesk.offer/new", (offer) => offers.add(offer));
            bus.subscribe("helpdesk.offer/ended", ({ id }) => offers.remove(id));
            bus.subscribe("helpdesk.agent/given", ({ count }) => {
                sound.play("new-message");
                notification.add(count === 1 ? _t("You got a new ticket.") : _t("You got %s new tickets.", count), {
                    type: "info",
                });
            });
            offers.load().catch(() => {});
        }
        return offers;
    },
};

registry.category("services").add("helpdesk_offers", offerService);
