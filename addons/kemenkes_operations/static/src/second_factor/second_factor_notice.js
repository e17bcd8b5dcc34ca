import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/** Tells administrators that a second factor is demanded which nobody is asked for, until codes can be sent. */
export const secondFactorNotice = {
    dependencies: ["action", "notification"],
    start(_env, { action, notification }) {
        if (!session.helpdesk_second_factor_unsent) {
            return;
        }
        const close = notification.add(
            _t(
                "Nobody without an authenticator app is asked for a second factor: codes go out by mail, and no server for outgoing mail is named.",
            ),
            {
                title: _t("Accounts open with a password alone"),
                type: "warning",
                sticky: true,
                buttons: [
                    {
                        name: _t("Outgoing mail servers"),
                        primary: true,
                        onClick: () => {
                            close();
                            return action.doAction("base.action_ir_mail_server_list");
                        },
                    },
                ],
            },
        );
    },
};

registry.category("services").add("helpdesk_second_factor_notice", secondFactorNotice);
