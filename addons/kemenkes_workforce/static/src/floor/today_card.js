import { Component, onWillStart, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { KINDS } from "../monitor/labels";
import { formatElapsed } from "../monitor/monitor";

/** An agent's figures of today; asked for when somebody wants to see them. */
export class TodayCard extends Component {
    static template = "kemenkes_workforce.TodayCard";
    static props = { agentId: Number, agentName: String, close: { type: Function, optional: true } };

    setup() {
        this.state = useState({ today: null });
        const orm = useService("orm");
        onWillStart(async () => {
            this.state.today = await orm.silent.call("helpdesk.monitor", "get_today", [this.props.agentId]);
        });
    }

    get times() {
        return Object.entries(this.state.today.times).map(([kind, seconds]) => ({
            kind,
            ...KINDS[kind],
            time: formatElapsed(seconds * 1000),
        }));
    }

    get average() {
        return formatElapsed(this.state.today.handling_seconds * 1000);
    }

    /** Share of the offers that were turned down, or nothing where none was made. */
    get rejectRate() {
        const { accepted, rejected } = this.state.today;
        return accepted + rejected ? `${Math.round((100 * rejected) / (accepted + rejected))} %` : "–";
    }
}
