import { waitFor } from "@odoo/hoot-dom";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { PATIENCE, chooseAction, chooseRecord, pressAction } from "./helpers";

const tours = registry.category("web_tour.tours");

function chooseRow(text) {
    return { trigger: `.o_data_row:contains(${text}) .o_list_record_selector input`, run: "click" };
}

tours.add("helpdesk_supervisor_rule", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name='name'] input", run: "edit Kode ajaib" },
        { trigger: ".o_field_widget[name='words'] textarea", run: "edit kode ajaib" },
        ...chooseRecord("category_id", "Kategori ajaib"),
        { trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_view .o_form_saved" },
        pressAction("helpdesk_keyword_test_action"),
        { trigger: ".modal button[name='action_try']", run: "click" },
        {
            content: "Caught",
            trigger: ".modal .o_field_widget[name='line_ids'] .o_data_row:contains(Kode ajaib hilang)",
        },
        { content: "The word that caught it", trigger: ".modal .o_data_cell[name='words']:contains(kode ajaib)" },
    ],
});

tours.add("helpdesk_supervisor_category", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name='name'] input", run: "edit Kategori percobaan" },
        { trigger: ".o_form_button_save", run: "click" },
        { content: "Saved", trigger: ".o_form_view .o_form_saved" },
        { trigger: ".o_form_view .o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { content: "Archive", trigger: ".o-dropdown--menu .o_menu_item:has(.oi-archive)", run: "click" },
        { content: "Yes", trigger: ".modal-footer .btn-primary", run: "click" },
        { content: "It can come back", trigger: "body:not(:has(.modal)) .o_form_view" },
        { trigger: ".o_form_view .o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o-dropdown--menu .o_menu_item:has(.oi-unarchive)" },
    ],
});

tours.add("helpdesk_supervisor_merges", {
    steps: () => [
        chooseRow("Gangguan satu"),
        chooseRow("Gangguan dua"),
        ...chooseAction("helpdesk_merge_wizard_action"),
        { trigger: ".modal .o_field_widget[name='target_id'] input:value(Gangguan)" },
        { trigger: ".modal button[name='action_merge']", run: "click" },
        {
            content: "The one that goes on",
            trigger: ".o_form_view .o_field_widget[name='name'] textarea:value(Gangguan)",
        },
        { trigger: ".o_notebook .nav-link[name='links']", run: "click" },
        {
            content: "The other is told of",
            trigger: ".o_field_widget[name='merged_ids'] .o_data_row:contains(Gangguan)",
        },
    ],
});

tours.add("helpdesk_supervisor_unmerges", {
    steps: () => [
        { trigger: "button[name='action_unmerge']", run: "click" },
        { content: "Yes", trigger: ".modal-footer .btn-primary", run: "click" },
        { content: "It is a ticket of its own", trigger: ".o_form_view:not(:has(button[name='action_unmerge']))" },
    ],
});

tours.add("helpdesk_supervisor_traces", {
    steps: () => [
        { trigger: ".o_searchview_input", run: "edit Test agent" },
        { trigger: ".o_searchview_input", run: "press Enter" },
        { content: "Rows of this account", trigger: ".o_searchview_facet:contains(Test agent)" },
        {
            content: "That personal data were shown, in the reader's words",
            trigger: ".o_list_view .o_data_row",
            async run() {
                const [event] = await rpc("/web/dataset/call_kw/helpdesk.event/search_read", {
                    model: "helpdesk.event",
                    method: "search_read",
                    args: [[["kind", "=", "revealed"]], ["description"]],
                    kwargs: { limit: 1, order: "id desc", context: user.context },
                });
                const row = `.o_data_row:contains(${event.description}):contains(Test agent)`;
                await waitFor(row, { timeout: PATIENCE });
            },
        },
    ],
});
