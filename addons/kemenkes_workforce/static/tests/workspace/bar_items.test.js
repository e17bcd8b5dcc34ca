import { beforeEach, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import { reactive } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mockService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";

import { StatusItem } from "@kemenkes_workforce/workspace/bar_items";

defineMailModels();
beforeEach(() => onRpc("has_group", () => true));

async function mount(session) {
    mockDate("2026-11-24 03:00:00", 0);
    const since = deserializeDateTime("2026-11-24 02:00:00");
    mockService("helpdesk_work", () =>
        reactive({
            mayWork: true,
            isAtWork: true,
            joined: true,
            statuses: [],
            seats: [],
            session: {
                status: "Ready",
                kind: "ready",
                icon: "fa-check",
                seat: "A1",
                since,
                break_by: false,
                duty_end: false,
                ...session,
            },
        }),
    );
    await mountWithCleanup(StatusItem, { props: { store: {} } });
}

test("seat and next break in words", async () => {
    // half a minute over: the played clock goes on while it is drawn
    await mount({ break_by: "2026-11-24 04:05:30", duty_end: "2026-11-24 09:00:00" });
    expect(".o_helpdesk_bar_seat").toHaveText("A1");
    expect(".o_helpdesk_bar_break").toHaveText("Break in 1 h 5 min at the latest");
    expect(".o_helpdesk_bar_duty").toHaveText(/On duty until/);
});

test("a break that is due is said kindly", async () => {
    await mount({ break_by: "2026-11-24 02:59:00" });
    expect(".o_helpdesk_bar_break").toHaveText("Time for a break");
    expect(".o_helpdesk_bar_break").toHaveClass("o_near");
});

test("nothing is said during a break", async () => {
    await mount({});
    expect(".o_helpdesk_bar_break").toHaveCount(0);
});
