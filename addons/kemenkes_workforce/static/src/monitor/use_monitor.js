import { markRaw, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { Monitor } from "./monitor";

// Colours of due times and counts that pass a limit by themselves are looked at so often.
const LOOK_MILLISECONDS = 5000;
// Messages of the bus that arrive together are drawn together.
const DRAW_MILLISECONDS = 100;
const READ_AGAIN_MILLISECONDS = 1000;

/**
 * Keeps a Monitor up to date while the component lives: one read, then the messages of the watched floors.
 *
 * @returns {{monitor: Monitor, version: number}} reactive: `version` grows with every change
 */
export function useMonitor() {
    const orm = useService("orm");
    const bus = useService("bus_service");
    const live = useState({ monitor: null, version: 0 });
    let waiting = []; // messages that come while the server is being asked
    let timer, readTimer;

    const draw = () => {
        timer ??= browser.setTimeout(() => {
            timer = undefined;
            live.version++;
        }, DRAW_MILLISECONDS);
    };
    const readSoon = () => {
        readTimer ??= browser.setTimeout(() => {
            readTimer = undefined;
            read();
        }, READ_AGAIN_MILLISECONDS);
    };
    const take = (act) => {
        if (waiting) {
            waiting.push(act);
        } else {
            act();
            draw();
        }
    };
    const read = async () => {
        waiting ??= [];
        const data = await orm.silent.call("helpdesk.monitor", "get_live", []);
        const monitor = live.monitor;
        if (monitor) {
            monitor.load(data);
        } else {
            live.monitor = markRaw(new Monitor(data));
        }
        const missed = waiting;
        waiting = null;
        missed.forEach((act) => act());
        draw();
        return data;
    };

    const handlers = {
        "helpdesk.floor/agent": (payload) => take(() => live.monitor.onAgent(payload) || readSoon()),
        "helpdesk.floor/tickets": (payload) =>
            take(() => (payload.many ? readSoon() : live.monitor.onTickets(payload))),
        "helpdesk.floor/lending": (payload) => take(() => live.monitor.onLending(payload) || readSoon()),
        "helpdesk.floor/threshold": (payload) => take(() => live.monitor.onThreshold(payload)),
    };
    const channels = new Set();
    onWillStart(async () => {
        for (const [type, handler] of Object.entries(handlers)) {
            bus.subscribe(type, handler);
        }
        const { sites } = await read();
        for (const { id } of sites) {
            channels.add(`helpdesk.floor_${id}`);
            bus.addChannel(`helpdesk.floor_${id}`);
        }
        bus.addEventListener("BUS:RECONNECT", readSoon);
        // what happened between the read and the subscription
        readSoon();
    });
    const look = browser.setInterval(draw, LOOK_MILLISECONDS);
    onWillDestroy(() => {
        browser.clearInterval(look);
        browser.clearTimeout(timer);
        browser.clearTimeout(readTimer);
        bus.removeEventListener("BUS:RECONNECT", readSoon);
        for (const [type, handler] of Object.entries(handlers)) {
            bus.unsubscribe(type, handler);
        }
        channels.forEach((channel) => bus.deleteChannel(channel));
    });
    return live;
}
