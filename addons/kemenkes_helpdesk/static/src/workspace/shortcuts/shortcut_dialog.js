import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { writingShortcuts } from "./shortcuts";

/** All keys of the workspace; single keys can be switched off for those who speak to their computer. */
export class ShortcutDialog extends Component {
    static template = "kemenkes_helpdesk.ShortcutDialog";
    static components = { Dialog };
    static props = { shortcuts: Array, keys: Object, close: Function };

    setup() {
        this.keys = useState(this.props.keys);
        this.groups = [this.props.shortcuts, writingShortcuts()];
    }
}
