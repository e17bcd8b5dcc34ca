import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { allowTranslations, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    due = fields.Datetime();
    is_running = fields.Boolean();

    // with some seconds more: what passes while the list is drawn changes no figure
    _records = [
        { id: 1, due: "2026-11-26 13:15:30", is_running: true },
        { id: 2, due: "2026-11-24 11:04:30", is_running: true },
        { id: 3, due: "2026-11-24 10:04:09", is_running: true },
        { id: 4, due: "2026-11-24 08:29:30", is_running: true },
        { id: 5, due: "2026-11-24 08:29:30", is_running: false },
        { id: 6, due: false, is_running: true },
    ];
}

const row = (number) => `.o_data_row:eq(${number}) .o_helpdesk_due`;
const LATE = "i.fa-exclamation-triangle";
const SOON = "i.fa-clock-o";

defineMailModels();
defineModels([HelpdeskTicket]);
beforeEach(() => {
    allowTranslations();
    mockDate("2026-11-24 10:00:00.000", 0);
    onRpc("has_group", () => true);
    return mountView({
        type: "list",
        resModel: "helpdesk.ticket",
        arch: `
            <list>
                <field name="is_running" column_invisible="True" />
                <field name="due" widget="helpdesk_due" options="{'running': 'is_running'}" />
            </list>`,
    });
});

test("time left in days, hours, minutes; with a minus when it is over", () => {
    expect(row(0)).toHaveText("2 d 03:15");
    expect(row(1)).toHaveText("1:04");
    expect(row(2)).toHaveText(/^04:0\d$/);
    expect(row(3)).toHaveText(/^−1:30$/);
    expect(row(5)).toHaveText("");
});

test("what is near or over is told by more than a colour", () => {
    expect(`${row(0)} ${LATE}, ${row(0)} ${SOON}`).toHaveCount(0);
    expect(`${row(2)} ${SOON}`).toHaveAttribute("aria-label", "Due soon");
    expect(`${row(3)} ${LATE}`).toHaveAttribute("aria-label", "Overdue");
});

test("what nobody waits for any more is a date", () => {
    expect(row(4)).toHaveText(/24/);
    expect(`${row(4)} ${LATE}`).toHaveCount(0);
});

test("it counts down and goes over by itself", async () => {
    await advanceTime(5 * 60 * 1000);
    expect(row(2)).toHaveText(/^−00:5\d$/);
    expect(`${row(2)} ${LATE}`).toHaveCount(1);
    expect(row(1)).toHaveText(/^59:\d\d$/);
    expect(`${row(1)} ${SOON}`).toHaveCount(1);
});
