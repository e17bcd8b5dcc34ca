import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** Choose the answer at `place`, counted from 1, of a criterion. */
function answer(criterion, place) {
    const button = `.o_data_row:contains(${criterion}) td[name='points'] .btn:nth-child(${place})`;
    return [{ trigger: button, run: "click" }, { trigger: `${button}.btn-primary` }];
}

/** The first page of a new browser is compiled while it waits. */
const FIRST_PAGE = 60000;

/** Open the first evaluation of the list. */
function openFirst() {
    return [
        { trigger: ".o_data_row:first td[name='ticket_ref']", run: "click", timeout: FIRST_PAGE },
        {
            content: "Beside the conversation",
            trigger: ".o_helpdesk_evaluated_conversation li:contains(perbarui aplikasi)",
        },
    ];
}

/** Give a reason in the dialog that `button` opens. */
function reason(button, text) {
    return [
        { trigger: `button[name='${button}']`, run: "click" },
        { trigger: ".modal .o_field_widget[name='reason'] textarea", run: `edit ${text}` },
        { trigger: ".modal button[name='action_confirm']:visible", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ];
}

function inState(state) {
    return { content: `It is ${state}`, trigger: `.o_statusbar_status .o_arrow_button_current[data-value='${state}']` };
}

tours.add("helpdesk_quality_scores", {
    steps: () => [
        {
            content: "Drawn for me",
            trigger: ".o_data_row button[name='action_evaluate']",
            run: "click",
            timeout: FIRST_PAGE,
        },
        {
            content: "Beside the conversation",
            trigger: ".o_helpdesk_evaluated_conversation li:contains(perbarui aplikasi)",
        },
        ...answer("Right", 3),
        ...answer("Personal data", 1),
        { trigger: ".o_field_widget[name='summary'] textarea", run: "edit Ramah dan jelas" },
        { trigger: "button[name='action_publish']", run: "click" },
        inState("published"),
    ],
});

tours.add("helpdesk_agent_disputes", {
    steps: () => [
        ...openFirst(),
        ...reason("action_open_dispute", "Pelanggan sudah mengonfirmasi"),
        inState("disputed"),
    ],
});

tours.add("helpdesk_quality_decides", {
    steps: () => [
        ...openFirst(),
        { content: "Why the agent disagrees", trigger: ".alert:contains(mengonfirmasi)" },
        ...answer("Right", 6),
        ...reason("action_open_decide", "Benar langkahnya lengkap"),
        inState("final"),
    ],
});

tours.add("helpdesk_quality_coaches", {
    steps: () => [
        ...openFirst(),
        { trigger: "button[name='action_coach']", run: "click" },
        { trigger: ".o_field_widget[name='goal_ids'] .o_field_x2many_list_row_add a", run: "click" },
        { trigger: ".o_selected_row .o_field_widget[name='name'] input", run: "edit Langkah berurutan" },
        { trigger: "button[name='action_hold']", run: "click" },
        inState("held"),
    ],
});
