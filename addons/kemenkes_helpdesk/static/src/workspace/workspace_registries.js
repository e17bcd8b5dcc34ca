import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * What addons hang into the workspace, each by `sequence`:
 *
 * - `helpdesk_workspace_queues`: queues on the left, `{label, icon, Component, Count}`. The key is that of the
 *   server's `helpdesk.workspace._queues()`, which tells domain and counter. A queue with a `Component` and a `Count`
 *   (props `{store}`) shows itself instead of rows, and needs none on the server.
 * - `helpdesk_workspace_panels`: on the right, `{Component, label, isShown(ticket)}`, props `{ticket, store}`.
 * - `helpdesk_workspace_bar`: on top, `{Component}`, props `{store}`.
 * - `helpdesk_workspace_composer`: above the words of an answer, `{Component, isShown(ticket)}`, props `{thread, ticket}`.
 */
export const queueRegistry = registry.category("helpdesk_workspace_queues");
export const panelRegistry = registry.category("helpdesk_workspace_panels");
export const barRegistry = registry.category("helpdesk_workspace_bar");
export const composerRegistry = registry.category("helpdesk_workspace_composer");

queueRegistry
    .add("mine", { label: _t("My work"), icon: "fa-inbox" }, { sequence: 10 })
    .add("team", { label: _t("My team's queue"), icon: "fa-users" }, { sequence: 30 })
    .add("mine_waiting", { label: _t("Waiting for customers"), icon: "fa-hourglass-half" }, { sequence: 50 })
    .add("mine_solved", { label: _t("Solved by me"), icon: "fa-check-circle-o" }, { sequence: 60 });
