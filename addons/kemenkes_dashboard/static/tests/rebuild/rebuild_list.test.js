import { expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { busService } from "@bus/services/bus_service";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    MockServer,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";

class HelpdeskKpiRebuild extends models.Model {
    _name = "helpdesk.kpi.rebuild";

    progress = fields.Float();

    _records = [{ id: 1, progress: 25 }];
}

defineMailModels();
defineModels([HelpdeskKpiRebuild]);

test("the list goes on by itself, and reads once for steps that follow each other quickly", async () => {
    const handlers = {};
    patchWithCleanup(busService, {
        start() {
            const bus = super.start(...arguments);
            bus.subscribe = (type, handler) => (handlers[type] = handler);
            return bus;
        },
    });
    onRpc("has_group", () => true);
    onRpc("web_search_read", () => expect.step("read"));
    await mountView({
        type: "list",
        resModel: "helpdesk.kpi.rebuild",
        arch: `<list js_class="helpdesk_kpi_rebuild_list"><field name="progress" /></list>`,
    });
    expect.verifySteps(["read"]);
    MockServer.env["helpdesk.kpi.rebuild"].write([1], { progress: 75 });
    for (let step = 0; step < 3; step++) {
        handlers["helpdesk.kpi.rebuild/moved"]({});
    }
    await advanceTime(500);
    await animationFrame();
    expect.verifySteps(["read"]);
    expect(".o_data_row .o_list_number").toHaveText("75.00");
});
