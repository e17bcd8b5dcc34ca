import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { SearchPanel } from "@web/search/search_panel/search_panel";
import { listView } from "@web/views/list/list_view";

const WIDE_PIXELS = 1600;

/** The list needs the width more than its categories: the panel starts folded, unless the screen is wide or the user
 * has opened it here before. */
export class TicketSearchPanel extends SearchPanel {
    setup() {
        super.setup();
        const wasSet = browser.localStorage.getItem(this.keyExpandSidebar) !== null;
        if (!wasSet && browser.innerWidth < WIDE_PIXELS) {
            this.state.sidebarExpanded = false;
        }
    }
}

registry.category("views").add("helpdesk_ticket_list", { ...listView, SearchPanel: TicketSearchPanel });
