import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("helpdesk_viewer", {
    steps: () => [
        { trigger: "form[role='search'] input[name='search']", run: "edit Data ganda" },
        { trigger: "form[role='search'] .kh-search button[type='submit']", run: "click", expectUnloadPage: true },
        {
            content: "It is found",
            trigger: ".kh-ticket:contains(Data ganda di laporan)",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "The customer's words", trigger: ".kh-message-in .kh-bubble:contains(Laporan bulan ini ganda)" },
        { trigger: "#kh-comments textarea[name='message']", run: "edit Sedang kami lihat" },
        { trigger: "#kh-comments button[type='submit']", run: "click", expectUnloadPage: true },
        { content: "The reason", trigger: ".kh-timeline:contains(Perlu dilihat Pusdatin)" },
        { content: "To the inbox", trigger: "a[href$='/my/helpdesk']", run: "click", expectUnloadPage: true },
        { trigger: "a[href$='/my/helpdesk/escalations']", run: "click", expectUnloadPage: true },
        {
            trigger: ".kh-panel:contains(Data ganda) form[action$='/accept'] button",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is not accepted twice", trigger: ".kh-timeline:not(:has(form[action$='/accept']))" },
        { content: "Now it can be answered", trigger: ".kh-timeline details:has(form[action$='/answer']) summary" },
    ],
});
