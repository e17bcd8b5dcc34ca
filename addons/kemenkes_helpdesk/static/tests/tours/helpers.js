import { click, waitFor } from "@odoo/hoot-dom";
import { rpc } from "@web/core/network/rpc";

/** Milliseconds that the first page of a new browser may take: its scripts and styles are compiled while it waits. */
export const FIRST_PAGE = 60000;

// Milliseconds, as long as a step of a tour waits.
export const PATIENCE = 10000;

// Tours run in every language: they find things by their technical names, and what only has a title by asking for it.

function loadAction(xmlId) {
    return rpc("/web/action/load", { action_id: `kemenkes_helpdesk.${xmlId}` });
}

/**
 * @param {string} xmlId of an action that a button of the form opens
 * @returns {Object} step that presses it
 */
export function pressAction(xmlId) {
    return {
        content: `Button of ${xmlId}`,
        trigger: ".o_form_view .o_form_statusbar button",
        async run() {
            const { id } = await loadAction(xmlId);
            await click(await waitFor(`.o_form_view button[name="${id}"]:visible`, { timeout: PATIENCE }));
        },
    };
}

/**
 * @param {string} xmlId of an action in the menu of the form, or of the rows that are chosen in the list
 * @returns {Object[]} steps that open the menu and choose it
 */
export function chooseAction(xmlId) {
    const form = ".o_form_view .o_cp_action_menus";
    const list = ".o_control_panel_actions .o_cp_action_menus";
    return [
        { content: "Menu of actions", trigger: `:is(${form}, ${list}) button:has(.fa-cog)`, run: "click" },
        {
            content: `${xmlId} in the menu`,
            trigger: ".o-dropdown--menu .o_menu_item",
            async run() {
                const { name } = await loadAction(xmlId);
                const item = `.o-dropdown--menu .o_menu_item:contains(${name})`;
                await click(await waitFor(item, { timeout: PATIENCE }));
            },
        },
    ];
}

/**
 * @param {string} name of a field of the form or dialog
 * @param {string} text that one of the offered records holds
 * @returns {Object[]} steps that choose the record
 */
export function chooseRecord(name, text) {
    const field = `.o_field_widget[name='${name}']`;
    return [
        { trigger: `${field} input`, run: `edit ${text}` },
        { trigger: `${field} .o-autocomplete--dropdown-item:contains(${text}) a`, run: "click" },
    ];
}

/** @returns {Object} step that goes on once no dialog is open */
export function dialogClosed() {
    return { content: "No dialog", trigger: "body:not(:has(.modal))" };
}

/**
 * @param {string} text of the ticket in the list on the screen
 * @returns {Object} step that opens it
 */
export function openRow(text) {
    return {
        trigger: `.o_data_row .o_data_cell[name='name']:contains(${text})`,
        run: "click",
        timeout: FIRST_PAGE,
    };
}

/**
 * @param {string} button "sendMessage" or "logNote"
 * @param {string} text
 * @returns {Object[]} steps that write it in the chatter
 */
export function write(button, text) {
    return [
        { trigger: `.o-mail-Chatter-${button}`, run: "click" },
        { trigger: ".o-mail-Composer-input", run: `edit ${text}` },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { content: "It is in the thread", trigger: `.o-mail-Message:contains(${text})` },
    ];
}
