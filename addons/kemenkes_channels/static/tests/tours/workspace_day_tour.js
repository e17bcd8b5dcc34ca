import { edit, press, waitFor, waitUntil } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";

const TICKETS = 30;
const PATIENCE = 15000;
// a step waits for several things, the first one for the whole web client, on a busy machine too
const STEP_TIMEOUT = 60000;

function openTicket() {
    return document.querySelector(".o_helpdesk_ticket_header")?.dataset.ticket;
}

/** One ticket without a mouse: write, send and solve, go to the next one. */
function answerOne(number) {
    let ticket;
    return [
        {
            content: `Ticket ${number}: to the text`,
            trigger: ".o_helpdesk_ticket_header",
            async run() {
                ticket = openTicket();
                await press("r");
                await waitUntil(() => document.activeElement.matches(".o-mail-Composer-input"), { timeout: PATIENCE });
                await edit(`Jawaban nomor ${number}. Terima kasih.`);
            },
            timeout: STEP_TIMEOUT,
        },
        {
            content: `Ticket ${number}: send and solve`,
            trigger: ".o-mail-Composer-send:enabled",
            run: () => press(["ctrl", "shift", "enter"]),
            timeout: STEP_TIMEOUT,
        },
        {
            content: `Ticket ${number}: the next one`,
            trigger: ".o_helpdesk_next",
            async run() {
                if (number < TICKETS) {
                    await waitUntil(() => document.activeElement.matches(".o_helpdesk_next_open"), {
                        timeout: PATIENCE,
                    });
                    await press("enter");
                    await waitUntil(() => openTicket() !== ticket, { timeout: PATIENCE });
                }
            },
            timeout: STEP_TIMEOUT,
        },
    ];
}

registry.category("web_tour.tours").add("helpdesk_workspace_day", {
    steps: () => [
        { content: "The queue is there", trigger: ".o_helpdesk_row", run: () => press("j"), timeout: STEP_TIMEOUT },
        ...Array.from({ length: TICKETS }, (_, index) => answerOne(index + 1)).flat(),
        {
            content: "Everything has gone out",
            trigger: ".o_helpdesk_next",
            async run() {
                const isSent = () => !Object.keys(localStorage).some((key) => key.startsWith("helpdesk_outbox"));
                await waitUntil(isSent, { timeout: 30000 });
                await press("q");
                await waitFor("[data-queue=team]", { timeout: PATIENCE });
            },
            timeout: STEP_TIMEOUT,
        },
    ],
});
