import { registry } from "@web/core/registry";

const TAG = "helpdesk_read_anew";

/** The action that reads the messages of tickets anew, then does `next`; the server makes it too. */
export function readAnewAction(ticketIds, next) {
    return { type: "ir.actions.client", tag: TAG, params: { ticket_ids: ticketIds, next } };
}

/** Messages moved between tickets: the browser forgets what it has read of them, then goes on. */
function readAnew(env, action) {
    const { Thread } = env.services["mail.store"];
    for (const id of action.params.ticket_ids) {
        const thread = Thread.get({ model: "helpdesk.ticket", id });
        if (thread) {
            thread.messages = [];
            thread.isLoaded = false;
            thread.fetchNewMessages();
        }
    }
    return action.params.next;
}

registry.category("actions").add(TAG, readAnew);
