import { browser } from "@web/core/browser/browser";

export const PRESENCE = "helpdesk.ticket/presence";
/** Who has not typed for so long looks only. */
const TYPING_MILLISECONDS = 7000;
const TELL_TYPING_MILLISECONDS = 4000;
/** Who is on the list is asked so often, and leaves it without an answer. */
const ASK_MILLISECONDS = 60000;
const ANSWER_MILLISECONDS = 8000;

/** Colleagues who have the open ticket in front of them too, told from browser to browser. */
export class Watchers {
    constructor(store) {
        this.store = store;
        this.ticketId = null;
        /** User → `{name, isTyping}` */
        this.people = {};
        this.typingTimers = {};
        this.lastTold = 0;
    }

    start() {
        this.onMessage = (message) => this.take(message);
        this.store.bus.subscribe(PRESENCE, this.onMessage);
        this.timer = browser.setInterval(() => this.askAgain(), ASK_MILLISECONDS);
    }

    stop() {
        this.leave();
        this.store.bus.unsubscribe(PRESENCE, this.onMessage);
        browser.clearInterval(this.timer);
    }

    enter(ticketId) {
        this.leave();
        this.ticketId = ticketId;
        this.tell("looking", true);
    }

    leave() {
        // who is alone need not say that they go
        if (this.ticketId && this.list.length) {
            this.tell("left");
        }
        this.ticketId = null;
        this.people = {};
    }

    tell(state, ask = false) {
        // without connection nobody hears of it, and nothing is lost
        this.store.call("announce", this.ticketId, state, ask).catch(() => {});
    }

    tellTyping() {
        const now = Date.now();
        if (this.ticketId && Object.keys(this.people).length && now - this.lastTold > TELL_TYPING_MILLISECONDS) {
            this.lastTold = now;
            this.tell("typing");
        }
    }

    take({ ticket_id: ticketId, user_id: userId, name, state, ask }) {
        if (ticketId !== this.ticketId || userId === this.store.userId) {
            return;
        }
        if (state === "left") {
            delete this.people[userId];
            return;
        }
        this.people[userId] = { name, isTyping: state === "typing", isStale: false };
        browser.clearTimeout(this.typingTimers[userId]);
        if (state === "typing") {
            this.typingTimers[userId] = browser.setTimeout(() => {
                if (this.people[userId]) {
                    this.people[userId].isTyping = false;
                }
            }, TYPING_MILLISECONDS);
        }
        if (ask) {
            this.tell("looking");
        }
    }

    /** A browser that crashed does not say that it has left. */
    askAgain() {
        const people = Object.values(this.people);
        if (!people.length) {
            return;
        }
        people.forEach((person) => (person.isStale = true));
        this.tell("looking", true);
        browser.setTimeout(() => {
            for (const [userId, { isStale }] of Object.entries(this.people)) {
                if (isStale) {
                    delete this.people[userId];
                }
            }
        }, ANSWER_MILLISECONDS);
    }

    get list() {
        return Object.values(this.people);
    }
}
