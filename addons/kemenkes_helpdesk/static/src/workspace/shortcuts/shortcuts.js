import { _t } from "@web/core/l10n/translation";

/**
 * The keys of the workspace. Single keys hold outside of text fields, and can be switched off; those with Alt hold
 * everywhere.
 *
 * @param {Object} workspace the component: what the keys do
 * @returns {Object[]} `{keys: hotkeys, shown: what the list says, label, run, isAvailable}`
 */
export function workspaceShortcuts(workspace) {
    const { store } = workspace;
    const hasTicket = () => Boolean(store.ticket);
    const isOpen = () => hasTicket() && !["solved", "closed"].includes(store.ticket.stage_kind);
    const write = (type, text) => workspace.env.bus.trigger("HELPDESK:WORKSPACE_WRITE", { type, text });
    return [
        { keys: ["j", "alt+arrowdown"], shown: ["J", "Alt + ↓"], label: _t("Next ticket"), run: () => store.move(1) },
        {
            keys: ["k", "alt+arrowup"],
            shown: ["K", "Alt + ↑"],
            label: _t("Previous ticket"),
            run: () => store.move(-1),
        },
        { keys: ["f"], shown: ["F"], label: _t("Find in the queue"), run: () => workspace.focusFind() },
        { keys: ["q"], shown: ["Q"], label: _t("Next queue"), run: () => workspace.nextQueue() },
        {
            keys: ["r"],
            shown: ["R"],
            label: _t("Write to the customer"),
            run: () => write("message"),
            isAvailable: hasTicket,
        },
        { keys: ["n"], shown: ["N"], label: _t("Internal note"), run: () => write("note"), isAvailable: hasTicket },
        {
            keys: ["m"],
            shown: ["M", "/"],
            label: _t("Prepared words and macros"),
            run: () => write("message", "/"),
            isAvailable: hasTicket,
        },
        {
            keys: ["z"],
            shown: ["Z"],
            label: _t("Take the last answer back"),
            run: () => workspace.undoLast(),
            isAvailable: hasTicket,
        },
        {
            keys: ["t"],
            shown: ["T"],
            label: _t("Take the ticket"),
            run: () => store.act("action_take"),
            isAvailable: isOpen,
        },
        {
            keys: ["w"],
            shown: ["W"],
            label: _t("Wait for the customer"),
            run: () => store.act("action_wait_for_customer"),
            isAvailable: isOpen,
        },
        {
            keys: ["e", "alt+e"],
            shown: ["E", "Alt + E"],
            label: _t("Solve"),
            run: () => store.act("action_solve"),
            isAvailable: isOpen,
        },
        {
            keys: ["x"],
            shown: ["X"],
            label: _t("Escalate"),
            run: () => store.openDialog("kemenkes_helpdesk.helpdesk_escalate_action"),
            isAvailable: isOpen,
        },
        {
            keys: ["o"],
            shown: ["O"],
            label: _t("Reopen"),
            run: () => store.act("action_reopen"),
            isAvailable: () => hasTicket() && !isOpen(),
        },
        {
            keys: ["p"],
            shown: ["P"],
            label: _t("Show or hide the right side"),
            run: () => workspace.togglePanels(),
            isAvailable: hasTicket,
        },
    ];
}

/** Keys that hold where one writes; they are the composer's own. */
export function writingShortcuts() {
    return [
        { shown: ["Ctrl + Enter"], label: _t("Send") },
        { shown: ["Ctrl + Shift + Enter"], label: _t("Send and solve") },
        { shown: ["/"], label: _t("Prepared words and macros") },
        { shown: [":"], label: _t("Emoji") },
        { shown: ["@"], label: _t("Call a colleague into a note") },
        { shown: ["Esc"], label: _t("Leave the text, to use single keys") },
    ];
}
