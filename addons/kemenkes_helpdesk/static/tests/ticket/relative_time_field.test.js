import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime, mockDate } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    next_due_date = fields.Datetime();

    _records = [
        { id: 1, next_due_date: "2026-11-24 09:00:00" },
        { id: 2, next_due_date: "2026-11-24 10:20:30" },
        { id: 3, next_due_date: "2026-11-25 11:00:00" },
        { id: 4, next_due_date: false },
    ];
}

const LATE = "i.fa-exclamation-triangle";
const SOON = "i.fa-clock-o";

defineMailModels();
defineModels([HelpdeskTicket]);
onRpc("has_group", () => true);
// the clock goes on from there, a little while the list is drawn
beforeEach(() => mockDate("2026-11-24 10:00:00", 0));

function mountList(options = "{}") {
    return mountView({
        type: "list",
        resModel: "helpdesk.ticket",
        arch: `<list><field name="next_due_date" widget="helpdesk_relative_time" options="${options}" /></list>`,
    });
}

test("times are told as people say them, the exact one on hover", async () => {
    await mountList();
    expect(".o_data_row:eq(0) .o_data_cell").toHaveText("1 hour ago");
    expect(".o_data_row:eq(1) .o_data_cell").toHaveText("in 20 minutes");
    expect(".o_data_row:eq(2) .o_data_cell").toHaveText("in 1 day");
    expect(".o_data_row:eq(3) .o_data_cell").toHaveText("");
    expect(".o_data_row:eq(0) .o_data_cell span").toHaveAttribute("title", /^[\d/]{10} \d\d:\d\d$/, {
        message: "to the minute",
    });
    expect(`${LATE}, ${SOON}`).toHaveCount(0);
});

test("a deadline that is near or over is told by more than a colour", async () => {
    await mountList("{'deadline': True}");
    expect(`.o_data_row:eq(0) ${LATE}`).toHaveAttribute("aria-label", "Overdue");
    expect(".o_data_row:eq(0) .o_data_cell span").toHaveClass("text-danger");
    expect(`.o_data_row:eq(1) ${SOON}`).toHaveAttribute("aria-label", "Due soon");
    expect(`.o_data_row:eq(2) ${LATE}, .o_data_row:eq(2) ${SOON}`).toHaveCount(0);
    expect(`.o_data_row:eq(3) ${LATE}, .o_data_row:eq(3) ${SOON}`).toHaveCount(0);
});

test("time goes on while the list is open", async () => {
    await mountList("{'deadline': True}");
    expect(`.o_data_row:eq(1) ${LATE}`).toHaveCount(0);
    await advanceTime(21 * 60 * 1000);
    expect(`.o_data_row:eq(1) ${LATE}`).toHaveCount(1);
    expect(".o_data_row:eq(1) .o_data_cell").toHaveText(/ago$/);
});
