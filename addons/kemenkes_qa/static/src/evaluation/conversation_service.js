import { registry } from "@web/core/registry";

/** What was said on a ticket, read once for all parts of an evaluation that show it. */
export const conversationService = {
    dependencies: ["orm"],
    start(env, { orm }) {
        const conversations = new Map();
        return {
            /**
             * @param {number} ticketId
             * @returns {Promise<object[]>} messages as `helpdesk.ticket.get_conversation` gives them, numbered from 1
             */
            load(ticketId) {
                if (!conversations.has(ticketId)) {
                    conversations.clear();
                    conversations.set(
                        ticketId,
                        orm
                            .call("helpdesk.ticket", "get_conversation", [[ticketId]])
                            .then((messages) => messages.map((message, index) => ({ ...message, number: index + 1 }))),
                    );
                }
                return conversations.get(ticketId);
            },
            /** Read anew at the next call. */
            forget() {
                conversations.clear();
            },
        };
    },
};

registry.category("services").add("helpdesk_qa_conversation", conversationService);
