import { Component, useState } from "@odoo/owl";

const MOST_COUNTED = 10000;

/** The queues on the left, with how many tickets each holds at the moment. */
export class QueueList extends Component {
    static template = "kemenkes_helpdesk.QueueList";
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
    }

    count(queue) {
        return queue.count > MOST_COUNTED ? `${MOST_COUNTED.toLocaleString()}+` : (queue.count ?? "");
    }
}
