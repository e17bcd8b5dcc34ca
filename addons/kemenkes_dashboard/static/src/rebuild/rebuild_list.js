import { onWillDestroy } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const MOVED = "helpdesk.kpi.rebuild/moved";
// Steps may follow each other quickly; the list is read once for all of so long.
const READ_MILLISECONDS = 500;

/** The list of orders to count figures anew: whoever ordered sees how far it is. */
export class RebuildListController extends ListController {
    setup() {
        super.setup();
        const bus = useService("bus_service");
        let timer;
        const readSoon = () => {
            timer ??= browser.setTimeout(() => {
                timer = undefined;
                this.model.load();
            }, READ_MILLISECONDS);
        };
        bus.subscribe(MOVED, readSoon);
        onWillDestroy(() => {
            browser.clearTimeout(timer);
            bus.unsubscribe(MOVED, readSoon);
        });
    }
}

registry.category("views").add("helpdesk_kpi_rebuild_list", { ...listView, Controller: RebuildListController });
