import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

registry
    .category("helpdesk_workspace_queues")
    .add("due", { label: _t("Due next"), icon: "fa-clock-o" }, { sequence: 40 });
