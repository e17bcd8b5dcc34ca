import { Thread } from "@mail/core/common/thread";
import { useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";
import { shortDateTime } from "../due";

/** What stands in the conversation itself, or below its messages, or would stand there at each look. */
const SHOWN_ELSEWHERE = ["message_in", "message_out", "message_auto", "note", "delivery", "viewed", "handled"];

/** What happened stands between the messages, once somebody has asked for it in the ledger's panel. */
patch(Thread.prototype, {
    setup() {
        super.setup();
        this.workspace = this.env.inWorkspace && useState(this.env.services.helpdesk_workspace);
    },

    /**
     * @param {import("models").Message} [former] none before the first message that is here
     * @param {import("models").Message} [next] none after the last one
     * @returns {Object[]} rows of the ledger, the oldest first
     */
    happenedBetween(former, next) {
        const { ledger } = this.workspace.store;
        if (ledger.ticketId !== this.props.thread.id || (!former && this.props.thread.loadOlder)) {
            return [];
        }
        const isBetween = (date) => (!former || date >= former.datetime) && (!next || date < next.datetime);
        return ledger.rows
            .filter(({ kind }) => !SHOWN_ELSEWHERE.includes(kind))
            .map((row) => ({ ...row, date: deserializeDateTime(row.date) }))
            .filter(({ date }) => isBetween(date))
            .map((row) => ({ ...row, time: shortDateTime(row.date) }))
            .reverse();
    },
});
