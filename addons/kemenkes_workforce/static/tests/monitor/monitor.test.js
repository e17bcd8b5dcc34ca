import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { Monitor, formatElapsed } from "@kemenkes_workforce/monitor/monitor";
import { liveData, sessionOf, ticketRow } from "./live_data";

describe.current.tags("headless");

let monitor;
beforeEach(() => {
    mockDate("2026-11-24 10:00:00.000", 0);
    monitor = new Monitor(liveData());
});
const agent = (id) => monitor.agents.get(id);

test("the server's clock counts, whatever this one says", () => {
    mockDate("1999-01-01 00:00:00.000", 0);
    monitor.load(liveData());
    mockDate("1999-01-01 00:05:00.500", 0); // the clock goes on while the test runs
    expect(formatElapsed(monitor.now - agent(21).session.since)).toBe("10:00");
});

test("time that passed", () => {
    expect([0, 59000, 61000, 3600000 * 3 + 61000, -5].map(formatElapsed)).toEqual([
        "0:00",
        "0:59",
        "1:01",
        "3:01:01",
        "0:00",
    ]);
});

test("a status that changes, work that ends", () => {
    monitor.onAgent(sessionOf(21, { status_id: 3, kind: "break", reason_id: 31, since: "2026-11-24 10:00:00" }));
    expect(monitor.status(agent(21)).name).toBe("Break");
    expect(monitor.reason(agent(21)).name).toBe("Prayer");
    monitor.onAgent(sessionOf(21, { ended: "2026-11-24 10:10:00", kind: "offline" }));
    expect(monitor.kind(agent(21))).toBe("offline");
    monitor.onAgent(sessionOf(21, { session_id: 500 }));
    monitor.onAgent(sessionOf(21, { session_id: 21, ended: "2026-11-24 10:10:00" }));
    expect(monitor.kind(agent(21))).toBe("ready", { message: "what is told of an older session came late" });
    expect(monitor.onAgent(sessionOf(77))).toBe(false, { message: "nobody known" });
});

test("a break that takes longer than its reason does", () => {
    monitor.onAgent(sessionOf(21, { status_id: 3, kind: "break", reason_id: 31, since: "2026-11-24 09:41:00" }));
    expect(monitor.isLong(agent(21))).toBe(false);
    mockDate("2026-11-24 10:02:00.000", 0);
    expect(monitor.isLong(agent(21))).toBe(true);
});

test("who stands, who sits", () => {
    expect([...monitor.agentsBySeat().keys()]).toEqual([11]);
    expect(monitor.standing(1).map(({ name }) => name)).toEqual(["Bima Saputra"]);
});

test("how urgent a ticket is changes by itself", () => {
    const urgencies = () => [...monitor.tickets.values()].map((ticket) => monitor.urgency(ticket));
    expect(urgencies()).toEqual(["late", "soon", "none", "good"]);
    mockDate("2026-11-24 17:30:00.000", 0);
    expect(urgencies()).toEqual(["late", "late", "none", "soon"]);
});

test("the figures of a queue", () => {
    const queue = monitor.queues().get(1);
    expect(queue).toMatchObject({ open: 4, waiting: 2, late: 1, soon: 1 });
    expect(formatElapsed(monitor.now - queue.longestSince)).toBe("40:00");
    // two answers, one of them in time; 101 and 103 should have been answered by 9:50
    expect([queue.counted, queue.inTime]).toEqual([4, 1]);
    expect(queue.kinds).toMatchObject({ ready: 1, busy: 1, break: 0 });
    expect(monitor.queues().get(2).serviceLevel).toBe(null);
});

test("tickets that come, are taken, answered, solved", () => {
    monitor.onTickets({
        rows: [ticketRow(105), ticketRow(103, { user_id: 22 })],
        done: [ticketRow(101, { stage_kind: "solved" })],
    });
    const queue = monitor.queues().get(1);
    expect(queue).toMatchObject({ open: 4, waiting: 2, late: 0 });
    expect(monitor.ticketsOf(agent(22)).map(({ id }) => id)).toEqual([103]);
    monitor.onTickets({
        rows: [ticketRow(104, { create_date: "2026-11-24 09:58:00", first_response_date: "2026-11-24 10:00:00" })],
        done: [],
    });
    expect(monitor.queues().get(1).inTime).toBe(2);
    monitor.onTickets({
        rows: [ticketRow(104, { create_date: "2026-11-24 09:58:00", first_response_date: "2026-11-24 10:00:00" })],
        done: [],
    });
    expect(monitor.queues().get(1).inTime).toBe(2, { message: "one first answer counts once" });
});

test("answers leave the service level after an hour", () => {
    mockDate("2026-11-24 11:30:00.000", 0);
    expect(monitor.queues().get(1).counted).toBe(0);
});

test("an agent who is lent belongs to the team until it ends", () => {
    const lending = { id: 1, user_id: 21, team_id: 2, end_date: "2026-11-24 12:00:00", ended: false };
    monitor.onLending(lending);
    monitor.onLending(lending);
    expect(monitor.teamsOf(agent(21)).map(({ name }) => name)).toEqual(["First line", "East"]);
    monitor.onLending({ ...lending, ended: true });
    expect(monitor.teamsOf(agent(21)).map(({ name }) => name)).toEqual(["First line"]);
});
