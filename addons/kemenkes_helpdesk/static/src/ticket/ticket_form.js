import { useEffect } from "@odoo/owl";
import { serializeDate, serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

const COMPARED_TYPES = ["boolean", "char", "date", "datetime", "float", "integer", "many2one", "selection", "text"];

function plainValue(field, value) {
    if (!value) {
        return false;
    }
    const convert = {
        many2one: () => value.id,
        date: () => serializeDate(value),
        datetime: () => serializeDateTime(value),
    };
    return convert[field.type] ? convert[field.type]() : value;
}

/**
 * Sends with each save what the form had shown, so that the server refuses to wipe out somebody else's change, and
 * measures how long the ticket is worked on.
 */
export class TicketFormController extends FormController {
    setup() {
        super.setup();
        const handling = useService("helpdesk_handling");
        useEffect(
            (ticketId) => (ticketId ? handling.enter(ticketId) : undefined),
            () => [this.props.resModel === "helpdesk.ticket" && this.model.root.resId],
        );
    }

    async onWillSaveRecord(record, changes) {
        const result = await super.onWillSaveRecord(...arguments);
        if (record.resId && record.resModel === "helpdesk.ticket") {
            const names = Object.keys(changes).filter((name) => COMPARED_TYPES.includes(record.fields[name]?.type));
            changes.helpdesk_seen = Object.fromEntries(
                names.map((name) => [name, plainValue(record.fields[name], record._values[name])]),
            );
        }
        return result;
    }
}

registry.category("views").add("helpdesk_ticket_form", { ...formView, Controller: TicketFormController });
