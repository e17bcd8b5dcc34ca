import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Shows what a supervisor whispers, until the agent has read it. */
export const whisperService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, { action, bus_service: bus, notification }) {
        bus.subscribe("helpdesk.agent/whisper", ({ text, author, ticket_id, ticket_ref }) => {
            const open = () => {
                close();
                action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "helpdesk.ticket",
                    res_id: ticket_id,
                    views: [[false, "form"]],
                });
            };
            const close = notification.add(text, {
                title: ticket_id
                    ? _t("%(name)s whispers about %(ticket)s", { name: author, ticket: ticket_ref })
                    : _t("%s whispers", author),
                type: "info",
                sticky: true,
                buttons: ticket_id ? [{ name: _t("Open ticket"), onClick: open }] : [],
            });
        });
    },
};

registry.category("services").add("helpdesk_whisper", whisperService);
