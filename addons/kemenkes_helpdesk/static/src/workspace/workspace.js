import { Component, onWillDestroy, onWillStart, reactive, useEffect, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { WorkspaceBar } from "./bar/workspace_bar";
import { Conversation } from "./conversation/conversation";
import { NextTicket } from "./next_ticket/next_ticket";
import { painted } from "./painted";
import { PanelColumn, shownPanels } from "./panel_column/panel_column";
import { QueueList } from "./queue_list/queue_list";
import { ShortcutDialog } from "./shortcuts/shortcut_dialog";
import { workspaceShortcuts } from "./shortcuts/shortcuts";
import { TicketListView } from "./ticket_list/ticket_list";
import { WorkspaceStore } from "./workspace_store";

/** On narrower screens the right side lies over the conversation, so it is asked for. */
const WIDE = 1200;
const DARK = "helpdesk_workspace_dark";
const SINGLE_KEYS = "helpdesk_workspace_no_single_keys";

/** Where an agent works all day: queues on the left, the conversation in the middle, what is known on the right. */
export class Workspace extends Component {
    static template = "kemenkes_helpdesk.Workspace";
    static components = { Conversation, NextTicket, PanelColumn, QueueList, TicketListView, WorkspaceBar };
    static props = { ...standardActionServiceProps };

    setup() {
        const services = {
            action: useService("action"),
            bus_service: useService("bus_service"),
            dialog: useService("dialog"),
            orm: useService("orm"),
            "mail.store": useService("mail.store"),
        };
        this.dialog = services.dialog;
        this.store = useState(WorkspaceStore.create(this.env, services));
        this.state = useState({
            isPanelsShown: window.innerWidth >= WIDE,
            isLeftShown: true,
            isDark: this.prefersDark(),
            panelsOf: null,
        });
        const workspace = useService("helpdesk_workspace");
        workspace.store = this.store;
        onWillDestroy(() => (workspace.store = null));
        onWillStart(() => this.store.start(this.props.resId || this.props.action.context?.active_id));
        onWillDestroy(() => this.store.stop());
        useEffect(
            (ticketId) => {
                this.props.updateActionState?.({ resId: ticketId || false });
                this.state.isLeftShown = !ticketId;
            },
            () => [this.store.ticketId],
        );
        // the conversation first: what is known around it is drawn when that is on the screen
        useEffect(
            (ticketId) => {
                let isOpen = true;
                painted().then(() => isOpen && (this.state.panelsOf = ticketId));
                return () => (isOpen = false);
            },
            () => [this.store.ticket?.id],
        );
        // a tablet that is turned
        const wide = browser.matchMedia(`(min-width: ${WIDE}px)`);
        const onTurn = () => (this.state.isPanelsShown = wide.matches);
        wide.addEventListener("change", onTurn);
        onWillDestroy(() => wide.removeEventListener("change", onTurn));
        this.setupKeys();
    }

    // KEYBOARD

    setupKeys() {
        this.keys = reactive({
            isOn: !browser.localStorage.getItem(SINGLE_KEYS),
            set(isOn) {
                this.isOn = isOn;
                isOn ? browser.localStorage.removeItem(SINGLE_KEYS) : browser.localStorage.setItem(SINGLE_KEYS, "1");
            },
        });
        this.shortcuts = workspaceShortcuts(this);
        for (const { keys, run, isAvailable } of this.shortcuts) {
            for (const key of keys) {
                const isSingle = key.length === 1;
                useHotkey(key, run, {
                    bypassEditableProtection: !isSingle,
                    isAvailable: () => (!isSingle || this.keys.isOn) && (!isAvailable || isAvailable()),
                });
            }
        }
        // "?" is no key of the hotkey service
        useExternalListener(window, "keydown", (ev) => {
            const isWriting = ev.target.closest?.("input, textarea, [contenteditable=true]");
            if (ev.key === "?" && this.keys.isOn && !isWriting && !document.querySelector(".modal")) {
                ev.preventDefault();
                this.showShortcuts();
            }
        });
    }

    showShortcuts() {
        this.dialog.add(ShortcutDialog, { shortcuts: this.shortcuts, keys: this.keys });
    }

    focusFind() {
        this.state.isLeftShown = true;
        document.querySelector(".o_helpdesk_find_input")?.focus();
    }

    nextQueue() {
        const { queues, queueKey } = this.store;
        const index = queues.findIndex(({ key }) => key === queueKey);
        return this.store.chooseQueue(queues[(index + 1) % queues.length].key);
    }

    undoLast() {
        const item = this.store.outbox
            .of(this.store.ticketId)
            .filter(({ isArrived }) => !isArrived)
            .at(-1);
        const taken = item && this.store.outbox.undo(item.key);
        if (taken) {
            this.store.putBack(taken);
        }
    }

    // APPEARANCE

    /** As chosen on this computer, else as the computer itself is. */
    prefersDark() {
        const chosen = browser.localStorage.getItem(DARK);
        return chosen ? chosen === "1" : browser.matchMedia("(prefers-color-scheme: dark)").matches;
    }

    toggleDark() {
        this.state.isDark = !this.state.isDark;
        browser.localStorage.setItem(DARK, this.state.isDark ? "1" : "0");
    }

    get hasPanels() {
        const { ticket } = this.store;
        return this.state.isPanelsShown && Boolean(ticket) && shownPanels(ticket).length > 0;
    }

    get arePanelsDrawn() {
        return this.state.panelsOf === this.store.ticket?.id;
    }

    togglePanels() {
        this.state.isPanelsShown = !this.state.isPanelsShown;
    }

    toggleLeft() {
        this.state.isLeftShown = !this.state.isLeftShown;
    }
}

registry.category("actions").add("kemenkes_helpdesk.workspace", Workspace);
