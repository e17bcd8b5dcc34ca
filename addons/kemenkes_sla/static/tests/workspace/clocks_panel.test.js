import { beforeEach, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { ClocksPanel } from "@kemenkes_sla/workspace/clocks_panel";

defineMailModels();
beforeEach(() => onRpc("has_group", () => true));

function clock(id, values) {
    return {
        id,
        label: `Clock ${id}`,
        number: 1,
        policy: "Policy",
        state: "ongoing",
        deadline: false,
        ended: false,
        ...values,
    };
}

test("clocks count down by themselves, in words as well as colour, the most urgent first", async () => {
    mockDate("2026-11-24 09:59:59", 0);
    const clocks = [
        clock(1, { state: "reached", ended: "2026-11-24 09:00:00", deadline: "2026-11-24 09:30:00" }),
        clock(2, { deadline: "2026-11-24 14:00:00" }),
        clock(3, { deadline: "2026-11-24 10:00:02" }),
        clock(4, { state: "paused" }),
        clock(5, { state: "failed", deadline: "2026-11-24 09:30:00" }),
    ];
    await mountWithCleanup(ClocksPanel, { props: { store: {}, ticket: { id: 1, clocks } } });
    expect(queryAllTexts(".o_helpdesk_clock_words")).toEqual([
        "Overdue by 29:59",
        "Due soon, in 00:02",
        "Due in 4:00 h",
        "Paused",
        "Met",
    ]);
    expect("li:eq(0)").toHaveClass("o_clock_late");
    await advanceTime(5000);
    expect(queryAllTexts(".o_helpdesk_clock_words")[1]).toBe("Overdue by 00:02");
});
