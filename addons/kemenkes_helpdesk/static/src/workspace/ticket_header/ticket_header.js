import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { useService } from "@web/core/utils/hooks";
import { channelIcon, channelLabel } from "../channel";

const OPEN_KINDS = ["new", "open", "waiting_customer", "waiting_internal"];

/** What the open ticket is, and what an agent does with it. */
export class TicketHeader extends Component {
    static template = "kemenkes_helpdesk.TicketHeader";
    static components = { Dropdown, DropdownItem };
    static props = { store: Object };

    setup() {
        this.store = useState(this.props.store);
        this.action = useService("action");
    }

    get ticket() {
        return this.store.ticket;
    }

    get icon() {
        return channelIcon(this.ticket.channel_kind);
    }

    get channelLabel() {
        return this.ticket.channel ? this.ticket.channel.name : channelLabel(this.ticket.channel_kind);
    }

    get isOpen() {
        return OPEN_KINDS.includes(this.ticket.stage_kind) && !this.ticket.merged_into;
    }

    get mayAct() {
        return this.ticket.may_write && this.store.mayAnswer && !this.ticket.merged_into;
    }

    get mayEscalate() {
        return this.isOpen && this.ticket.tier !== 3;
    }

    openForm() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: this.ticket.id,
            views: [[false, "form"]],
        });
    }
}
