/** What the server would say to the workspace in tests. */

export function row(id, values = {}) {
    return {
        id,
        reference: `HD-2026-${String(id).padStart(6, "0")}`,
        subject: `Subject ${id}`,
        customer: `Customer ${id}`,
        channel: "whatsapp",
        product: "SATUSEHAT",
        team_id: 1,
        user_id: 2,
        agent: "Ayu",
        stage: "Open",
        stage_kind: "open",
        priority: 1,
        words: `Words ${id}`,
        next_due_date: false,
        waiting_since: false,
        last_customer_message_date: "2026-11-24 09:00:00",
        last_agent_message_date: false,
        create_date: "2026-11-24 08:00:00",
        ...values,
    };
}

export function ticket(id, values = {}) {
    return {
        ...row(id),
        customer_name: `Customer ${id}`,
        channel: { id: 1, name: "WhatsApp Kemkes" },
        channel_kind: "whatsapp",
        product: { id: 1, name: "SATUSEHAT" },
        stage: { id: 2, name: "Open" },
        agent: { id: 2, name: "Ayu" },
        merged_into: false,
        may_write: true,
        tags: [],
        macros: [],
        scheduled: [],
        draft: "",
        wrap_up: [],
        placeholders: { customer: `Customer ${id}`, reference: `HD-${id}` },
        ...values,
    };
}

export function answer(id, values = {}) {
    return { ticket: ticket(id, values), store: {}, message_ids: [], has_older: false };
}

/** A ticket's answer with the messages of these numbers. */
export function conversation(id, first, last) {
    const ids = Array.from({ length: last - first + 1 }, (_, index) => last - index);
    const thread = { model: "helpdesk.ticket", id };
    return {
        ticket: ticket(id),
        store: { "mail.message": ids.map((number) => ({ id: number, body: `Words ${number}`, thread })) },
        message_ids: ids,
        has_older: first > 1,
    };
}
