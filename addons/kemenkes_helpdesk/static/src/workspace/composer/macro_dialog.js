import { Component, markup, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";

/** What a macro will say and do on the open ticket, before it does. */
export class MacroDialog extends Component {
    static template = "kemenkes_helpdesk.MacroDialog";
    static components = { Dialog };
    static props = { store: Object, macro: Object, close: Function };

    setup() {
        this.state = useState({ preview: null, isRunning: false });
        onWillStart(async () => {
            const { store, macro } = this.props;
            const preview = await store.call("preview_macro", store.ticketId, macro.id);
            // the server has cleaned both
            this.state.preview = {
                ...preview,
                reply: preview.reply && markup(preview.reply),
                note: preview.note && markup(preview.note),
            };
        });
    }

    async run() {
        const { store, macro, close } = this.props;
        this.state.isRunning = true;
        try {
            await store.runMacro(macro.id);
            close();
        } finally {
            this.state.isRunning = false;
        }
    }
}
