import { describe, expect, test } from "@odoo/hoot";

import { Calls } from "@kemenkes_channels/call/call_service";
import { clock } from "@kemenkes_channels/call/clock";

describe.current.tags("headless");

test("a clock as telephones show it", () => {
    expect([0, 7, 371, 3723].map(clock)).toEqual(["0:00", "0:07", "6:11", "1:02:03"]);
});

test("a card follows its call, keeps what was typed, and goes when the call was missed", () => {
    const calls = new Calls(null);
    calls.take({ id: 1, state: "ringing", note: "" });
    calls.list[0].note = "Sertifikat";
    calls.take({ id: 1, state: "talking", note: "" });
    expect(calls.list.map(({ state, note }) => [state, note])).toEqual([["talking", "Sertifikat"]]);
    calls.take({ id: 2, state: "ringing", note: "" });
    calls.take({ id: 2, state: "missed", note: "" });
    expect(calls.list.map(({ id }) => id)).toEqual([1]);
    calls.remove(1);
    expect(calls.timer).toBe(null);
});

test("calls know which tickets their cards are about", () => {
    const calls = new Calls(null);
    calls.take({ id: 1, state: "talking", note: "", ticket: { id: 7 } });
    calls.take({ id: 2, state: "requested", note: "", ticket: false });
    expect([7, 8].map((ticketId) => calls.isAbout(ticketId))).toEqual([true, false]);
    calls.remove(1);
    expect(calls.isAbout(7)).toBe(false);
});
