import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Elapsed } from "../monitor/elapsed";
import { KINDS, URGENCIES } from "../monitor/labels";

/**
 * One seat of the live floor. All properties are plain values, so that a seat at which nothing changed is not drawn again.
 */
export class SeatTile extends Component {
    static template = "kemenkes_workforce.SeatTile";
    static components = { Elapsed };
    static props = {
        style: { type: String, optional: true },
        seatName: String,
        agentId: { type: Number, optional: true },
        agentName: { type: String, optional: true },
        kind: String, // of the status; "free" or "reserved" where nobody sits
        status: { type: String, optional: true },
        reason: { type: String, optional: true },
        icon: { type: String, optional: true },
        since: { type: Number, optional: true },
        shift: { type: Number, optional: true },
        late: { type: Number, optional: true },
        soon: { type: Number, optional: true },
        load: { type: Number, optional: true },
        isLong: { type: Boolean, optional: true },
        isChosen: { type: Boolean, optional: true },
        isDimmed: { type: Boolean, optional: true },
        onChoose: Function,
        onEnter: Function,
        onLeave: Function,
    };

    get isTaken() {
        return Boolean(this.props.agentId);
    }

    get icon() {
        return this.props.icon || KINDS[this.props.kind]?.icon;
    }

    get urgencies() {
        return URGENCIES;
    }

    /** The first name is enough on a plan. */
    get shortName() {
        return this.props.agentName?.split(" ")[0];
    }

    get label() {
        const { seatName, agentName, status, reason, late, load } = this.props;
        if (!this.isTaken) {
            return agentName
                ? _t("Seat %(seat)s of %(agent)s, nobody there", { seat: seatName, agent: agentName })
                : _t("Seat %s, free", seatName);
        }
        return _t("Seat %(seat)s, %(agent)s, %(status)s, %(load)s tickets, %(late)s overdue", {
            seat: seatName,
            agent: agentName,
            status: reason ? `${status} (${reason})` : status,
            load,
            late,
        });
    }
}
