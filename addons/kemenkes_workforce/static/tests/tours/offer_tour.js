import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

/** What the server tells of an offer that was made meanwhile, without waiting for the bus. */
async function readOffers() {
    await odoo.__WOWL_DEBUG__.root.env.services.helpdesk_offers.load();
}

// Each tour has a browser of its own, and an agent works in one at a time: the next one takes over (R5).
const GO_ON_HERE = [
    {
        content: "At work in another browser",
        trigger: ".o_helpdesk_work_menu:contains(perangkat lain)",
        run: "click",
        timeout: 60000, // the first page of a new browser is compiled while it waits
    },
    { content: "Go on in this one", trigger: ".o_helpdesk_work_start:contains(Lanjutkan)", run: "click" },
];

tours.add("helpdesk_agent_works", {
    steps: () => [
        { content: "Not at work yet", trigger: ".o_helpdesk_work_menu:contains(Belum masuk kerja)", run: "click" },
        { content: "The own seat", trigger: ".o_helpdesk_work_seat:contains(A2):contains(Milik Anda)", run: "click" },
        { content: "Ready, in words", trigger: ".o_helpdesk_work_menu:contains(Siap)", run: "click" },
        { content: "A break has its reason", trigger: ".o_helpdesk_work_reason:contains(Makan)", run: "click" },
        { trigger: ".o_helpdesk_work_menu:contains(Istirahat):contains(Makan)", run: "click" },
        { trigger: ".o_helpdesk_work_status:contains(Siap)", run: "click" },
        { trigger: ".o_helpdesk_work_menu:contains(Siap)" },
    ],
});

tours.add("helpdesk_agent_accepts", {
    steps: () => [
        ...GO_ON_HERE,
        { trigger: ".o_helpdesk_work_menu:contains(Siap)", run: readOffers },
        { content: "Asked, with the time that is left", trigger: ".o_helpdesk_offer_left:contains(s)" },
        { trigger: ".o_helpdesk_offer:contains(Tidak bisa masuk)" },
        { content: "Accepted with the keyboard", trigger: "body", run: "press alt+enter" },
        { content: "The ticket opens", trigger: ".o_helpdesk_ticket_header:contains(HD-)" },
        { content: "It is the agent's", trigger: ".o_helpdesk_solve" },
        { content: "No card is left", trigger: "body:not(:has(.o_helpdesk_offer))" },
        { content: "Its whole form", trigger: ".o_helpdesk_ticket_facts .btn-link", run: "click" },
        { trigger: "button[name='action_explain_distribution']", run: "click" },
        {
            content: "Why this agent",
            trigger: ".modal .o_field_widget[name='explanation']:contains(Tidak ada petugas lain)",
        },
        { trigger: ".modal button[special='cancel'], .modal .btn-close", run: "click" },
    ],
});

tours.add("helpdesk_agent_rejects", {
    steps: () => [
        ...GO_ON_HERE,
        { trigger: ".o_helpdesk_work_menu:contains(Siap)", run: readOffers },
        { trigger: ".o_helpdesk_offer_reject", run: "click" },
        { trigger: ".o_helpdesk_offer_reason:contains(Masih melayani)", run: "click" },
        { content: "No card is left", trigger: "body:not(:has(.o_helpdesk_offer))" },
        { trigger: ".o_helpdesk_work_menu", run: "click" },
        { trigger: ".o_helpdesk_work_end", run: "click" },
        { content: "Out of work", trigger: ".o_helpdesk_work_menu:contains(Belum masuk kerja)" },
    ],
});
