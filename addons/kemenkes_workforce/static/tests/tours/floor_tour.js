import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const PANEL = ".o_helpdesk_agent_panel";

tours.add("helpdesk_floor_supervisor", {
    steps: () => [
        { content: "The agent sits there", trigger: ".o_helpdesk_live_seat[data-kind='ready']", run: "click" },
        { trigger: `${PANEL} #o_helpdesk_whisper`, run: "edit Tanyakan nomor pendaftaran" },
        { trigger: `${PANEL} .o_helpdesk_whisper_send:enabled`, run: "click" },
        { content: "Said", trigger: ".o_notification:has(.o_notification_bar.bg-success)" },
        { trigger: `${PANEL} .o_helpdesk_status`, run: "selectByIndex 2" },
        { trigger: `${PANEL} .o_helpdesk_status_set:enabled`, run: "click" },
        { content: "Set", trigger: `${PANEL} .o_helpdesk_status_set:disabled` },
        { trigger: `${PANEL} .o_helpdesk_lend_team`, run: "selectByIndex 1" },
        { trigger: `${PANEL} .o_helpdesk_lend[data-hours='2']:enabled`, run: "click" },
        { content: "Lent", trigger: `${PANEL} .o_helpdesk_lend[data-hours='2']:disabled` },
        { trigger: `${PANEL} .o_helpdesk_panel_tickets input:enabled`, run: "click" },
        { trigger: `${PANEL} .o_helpdesk_take_over`, run: "click" },
        { content: "Taken over", trigger: `${PANEL}:not(:has(.o_helpdesk_take_over))` },
        { content: "Listen in", trigger: `${PANEL} .o_helpdesk_listen`, run: "click" },
        { content: "The ticket", trigger: ".o_form_view .o_field_widget[name='ticket_ref']" },
    ],
});

tours.add("helpdesk_floor_arranged", {
    steps: () => [
        { trigger: ".o_helpdesk_editor_seat:contains(A1)", run: "click" },
        { content: "By keyboard", trigger: ".o_helpdesk_editor_seat.o_chosen", run: "press ArrowRight" },
        { trigger: ".o_helpdesk_editor_seat.o_chosen", run: "press Shift+ArrowDown" },
        { trigger: ".o_helpdesk_floor_undo:enabled", run: "click" },
        { trigger: ".o_helpdesk_floor_add_button", run: "click" },
        { trigger: "#o_helpdesk_seat_name_input", run: "edit B7 && press Tab" },
        { trigger: ".o_helpdesk_editor_seat:contains(B7)" },
        { trigger: ".o_helpdesk_floor_save:enabled", run: "click" },
        { content: "Saved", trigger: ".o_helpdesk_floor_save:disabled" },
    ],
});

tours.add("helpdesk_desk_moves", {
    steps: () => [
        { trigger: ".o_helpdesk_queues tr:contains(L1) button", run: "click" },
        { trigger: ".o_helpdesk_queue_tickets thead input", run: "click" },
        { trigger: ".o_helpdesk_desk_move:enabled", run: "click" },
        { trigger: ".modal .o_field_widget[name='user_ids'] input", run: "edit Test second" },
        { trigger: ".modal .o-autocomplete--dropdown-item:contains(Test second) a", run: "click" },
        { trigger: ".modal button[name='action_move']", run: "click" },
        { content: "Moved", trigger: "body:not(:has(.modal)) .o_helpdesk_desk" },
    ],
});
