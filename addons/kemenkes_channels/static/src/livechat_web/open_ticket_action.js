import { registerThreadAction } from "@mail/core/common/thread_actions";

import { _t } from "@web/core/l10n/translation";

/** In the head of a visitor's chat: its ticket, with the customer's history and everything that is done there. */
registerThreadAction("helpdesk-ticket", {
    condition: ({ thread }) => Boolean(thread?.helpdesk_ticket_id),
    icon: "fa fa-fw fa-ticket",
    name: _t("Open the ticket"),
    open: ({ store, thread }) =>
        store.env.services.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: thread.helpdesk_ticket_id,
            views: [[false, "form"]],
        }),
    sequence: 5,
    sequenceGroup: 7,
});
