import { registry } from "@web/core/registry";
import { FIRST_PAGE } from "./helpers";

registry.category("web_tour.tours").add("helpdesk_duplicates", {
    steps: () => [
        {
            content: "The same customer first",
            trigger: ".o_helpdesk_duplicate:eq(0):contains(Halo?) .text-bg-info",
            timeout: FIRST_PAGE,
        },
        { trigger: ".o_helpdesk_duplicate:eq(1) .o_helpdesk_duplicate_dismiss", run: "click" },
        { content: "It is gone at once", trigger: ".o_helpdesk_duplicates:not(:has(.o_helpdesk_duplicate:eq(1)))" },
        { trigger: ".o_helpdesk_duplicate_merge", run: "click" },
        {
            content: "The older ticket goes on, and nothing is left",
            trigger: ".o_form_view:not(:has(.o_helpdesk_duplicate))",
        },
        { trigger: ".o_breadcrumb:contains(Kode OTP)" },
    ],
});
