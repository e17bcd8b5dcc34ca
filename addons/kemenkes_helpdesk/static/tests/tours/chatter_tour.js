import { registry } from "@web/core/registry";
import { openRow } from "./helpers";

const tours = registry.category("web_tour.tours");

tours.add("helpdesk_reader_notes", {
    steps: () => [
        openRow("Kode OTP tidak masuk"),
        { content: "Notes are for everybody inside", trigger: ".o-mail-Chatter-logNote:enabled" },
        {
            content: "Answers are not for who only reads",
            trigger: ".o-mail-Chatter-topbar:not(:has(.o-mail-Chatter-sendMessage))",
        },
        { content: "The subject is told once", trigger: ".o-mail-Message:not(:contains(Kode OTP)):contains(Halo)" },
    ],
});

tours.add("helpdesk_agent_sees_who_reads", {
    steps: () => [
        openRow("Kode OTP tidak masuk"),
        { trigger: ".o-mail-Chatter-sendMessage:enabled", run: "click" },
        { content: "Who, and by which channel", trigger: ".o_helpdesk_answer_target:contains(Siti Aminah · Mail A)" },
        { trigger: ".o-mail-Chatter:not(:has(.o-mail-RecipientsInput))" },
    ],
});
