import { registry } from "@web/core/registry";
import { chooseAction, chooseRecord, dialogClosed, openRow, pressAction, write } from "./helpers";

const tours = registry.category("web_tour.tours");

tours.add("helpdesk_agent_escalates", {
    steps: () => [
        openRow("Kode OTP tidak masuk"),
        { trigger: "button[name='action_take']", run: "click" },
        { content: "It is taken", trigger: "button[name='action_solve']" },
        // a canned response
        { trigger: ".o-mail-Chatter-sendMessage", run: "click" },
        { trigger: ".o-mail-Composer-input", run: "edit ::otp" },
        { trigger: ".o-mail-Composer-suggestion:contains(otp)", run: "click" },
        { trigger: ".o-mail-Composer-input:value(Silakan)" },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { content: "With the customer's name", trigger: ".o-mail-Message:contains(Halo Siti Aminah. Silakan)" },
        ...write("logNote", "Nomor ponselnya sudah dicek"),
        // a macro
        ...chooseAction("helpdesk_macro_run_action"),
        ...chooseRecord("macro_id", "Naikkan prioritas"),
        { content: "What the customer will read", trigger: ".o_field_widget[name='preview']:contains(segera)" },
        { trigger: "button[name='action_run']", run: "click" },
        dialogClosed(),
        { content: "The macro's answer", trigger: ".o-mail-Message:contains(segera)" },
        // the next tier
        pressAction("helpdesk_escalate_action"),
        { trigger: ".modal .o_field_widget[name='reason_id'] .o_selection_badge:first", run: "click" },
        { trigger: ".modal .o_field_widget[name='reason'] textarea", run: "edit Gateway SMS perlu dicek Pusdatin" },
        { trigger: ".modal button[name='action_escalate']", run: "click" },
        dialogClosed(),
        { content: "It is with L2", trigger: ".o_field_widget[name='team_id'] input:value(L2)" },
    ],
});

tours.add("helpdesk_expert_returns", {
    steps: () => [
        { content: "One waits", trigger: ".o_helpdesk_escalation_menu .badge:contains(1)", run: "click" },
        { content: "Accept in the inbox", trigger: ".o_data_row button[name='action_accept']", run: "click" },
        { content: "The ticket opens", trigger: ".o_form_view .o_field_widget[name='ticket_ref']:contains(HD-)" },
        { content: "Nothing waits any more", trigger: "body:not(:has(.o_helpdesk_escalation_menu))" },
        pressAction("helpdesk_escalation_return_action"),
        { trigger: ".modal .o_field_widget[name='reason'] textarea", run: "edit Nomor salah di data peserta" },
        { trigger: ".modal button[name='action_return']", run: "click" },
        dialogClosed(),
        { content: "It is with L1 again", trigger: ".o_field_widget[name='team_id'] input:value(L1)" },
    ],
});

tours.add("helpdesk_agent_solves", {
    steps: () => [
        openRow("Kode OTP tidak masuk"),
        { content: "Why it came back", trigger: ".o-mail-Message:contains(Nomor salah di data peserta)" },
        ...write("sendMessage", "Nomor Anda sudah kami betulkan"),
        { trigger: "button[name='action_solve']", run: "click" },
        { content: "It is solved", trigger: "button[name='action_reopen']" },
    ],
});

tours.add("helpdesk_agent_reveals", {
    steps: () => [
        openRow("Kode OTP tidak masuk"),
        { content: "Masked", trigger: ".o_field_widget[name='partner_phone']:contains(•)" },
        { trigger: "button[name='action_reveal_personal_data']", run: "click" },
        { content: "Shown", trigger: ".o_field_widget[name='partner_phone'] input:value(81234567890)" },
        { content: "Once is enough", trigger: "body:not(:has(button[name='action_reveal_personal_data']))" },
    ],
});
