import { onWillStart, onWillUpdateProps, toRaw, useComponent, useState } from "@odoo/owl";

/** Of each workspace the last question: `{ticketId, answer}`; all panels of a ticket share it. */
const asked = new WeakMap();

function ask(store, ticketId) {
    const known = asked.get(toRaw(store));
    if (known?.ticketId === ticketId) {
        return known.answer;
    }
    const answer = store.call("get_surroundings", ticketId);
    asked.set(toRaw(store), { ticketId, answer });
    return answer;
}

/**
 * What is known around the ticket of a panel's props: the panel stands there at once, the answer comes when it is there.
 *
 * @returns {{value: Object|null, hasFailed: boolean, reload: Function}} reactive
 */
export function useSurroundings() {
    const component = useComponent();
    const state = useState({ value: null, hasFailed: false, reload: () => read(wanted, true) });
    let wanted = null;
    async function read(ticketId, isAnew = false) {
        const { store } = component.props;
        wanted = ticketId;
        if (isAnew) {
            asked.delete(toRaw(store));
        }
        Object.assign(state, { value: isAnew ? state.value : null, hasFailed: false });
        try {
            const value = await ask(store, ticketId);
            // the answer may come after the agent has gone on to another ticket
            if (wanted === ticketId) {
                state.value = value;
            }
        } catch {
            asked.delete(toRaw(store));
            state.hasFailed = wanted === ticketId;
        }
    }
    onWillStart(() => void read(component.props.ticket.id));
    onWillUpdateProps(({ ticket }) => {
        if (ticket.id !== wanted) {
            read(ticket.id);
        }
    });
    return state;
}
