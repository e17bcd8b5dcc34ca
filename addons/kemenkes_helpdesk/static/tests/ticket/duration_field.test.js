import { describe, expect, test } from "@odoo/hoot";
import { formatSeconds } from "@kemenkes_helpdesk/ticket/duration_field";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { allowTranslations, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class HelpdeskTicket extends models.Model {
    _name = "helpdesk.ticket";

    resolution_seconds = fields.Integer({ aggregator: "avg" });

    _records = [
        { id: 1, resolution_seconds: 7200 },
        { id: 2, resolution_seconds: 14400 },
    ];
}

describe("seconds in words people use", () => {
    const WORDS = {
        0: "",
        1: "1 s",
        59: "59 s",
        60: "1 min",
        3599: "59 min",
        3600: "1 h 0 min",
        5460: "1 h 31 min",
        86399: "23 h 59 min",
        86400: "1 d 0 h",
        187200: "2 d 4 h",
        31536000: "365 d 0 h",
    };
    for (const [seconds, words] of Object.entries(WORDS)) {
        test(`${seconds} seconds`, () => {
            allowTranslations();
            expect(String(formatSeconds(Number(seconds)))).toBe(words);
        });
    }

    test("no value is no words", () => {
        expect(formatSeconds(false)).toBe("");
    });
});

describe("in a view", () => {
    defineMailModels();
    defineModels([HelpdeskTicket]);
    onRpc("has_group", () => true);

    test("the average under a column is in the same words", async () => {
        await mountView({
            type: "list",
            resModel: "helpdesk.ticket",
            arch: `<list><field name="resolution_seconds" widget="helpdesk_duration" avg="Average" /></list>`,
        });
        expect(".o_data_row:eq(0) .o_data_cell").toHaveText("2 h 0 min");
        expect("tfoot .o_list_number").toHaveText("3 h 0 min");
    });
});
