import { Thread } from "@mail/core/common/thread";
import { Store } from "@mail/model/store";
import { toRaw } from "@odoo/owl";
import { patch } from "@web/core/utils/patch";

// Records live as long as the page: an observer that stays at one keeps all that was drawn for a ticket.

patch(Store.prototype, {
    /** Who has stopped to observe is let go of at once, not when what was observed changes next. */
    _onChange(record, key, callback) {
        let observer = callback;
        const stop = super._onChange(record, key, (observe) => observer(observe));
        return (
            stop &&
            (() => {
                stop();
                observer = null;
            })
        );
    },
});

/**
 * Delete a record for good. What it works out by itself it does by observing others, which live on and would keep it. An
 * observer is let go of by all that it observes when one thing of it changes: here one that is nothing but this.
 */
export function letGo(record) {
    const raw = toRaw(record)._raw;
    record.delete();
    for (const observer of [...raw._.fieldsComputeProxy2.values(), ...raw._.fieldsSortProxy2.values()]) {
        void observer.isLetGo;
    }
    delete raw._proxy.isLetGo;
}

patch(Thread.prototype, {
    /** A message that leaves the page says so; to read its id by what Owl has let go of would observe it anew. */
    registerMessageRef(message, ref) {
        super.registerMessageRef(toRaw(message), ref);
    },
});
