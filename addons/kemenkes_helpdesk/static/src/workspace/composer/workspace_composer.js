import { Composer } from "@mail/core/common/composer";
import { onWillUnmount, reactive, toRaw } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { serializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { isHtmlEmpty } from "@web/core/utils/html";
import { isEventHandled } from "@web/core/utils/misc";
import { ScheduleDialog } from "./schedule_dialog";

const SAVE_HERE_MILLISECONDS = 300;
const SAVE_THERE_MILLISECONDS = 2500;

/**
 * Odoo's composer for an agent who writes all day: what is sent can be taken back for some seconds and waits for the
 * connection, drafts survive a crash and another computer, "/" offers prepared words and macros.
 */
export class WorkspaceComposer extends Composer {
    static props = [...Composer.props, "workspace", "runMacro"];

    setup() {
        this.setupWithoutObserver();
        // not observed: the last draft is kept when the composer is gone, and to read by it would keep the composer
        this.workspace = reactive(this.props.workspace);
        this.saveContentDebounced = useDebounced(this.saveContent, SAVE_HERE_MILLISECONDS, { execBeforeUnmount: true });
        this.saveOnServer = useDebounced(
            (ticketId, text) => this.workspace.saveDraft(ticketId, text),
            SAVE_THERE_MILLISECONDS,
            { execBeforeUnmount: true },
        );
        onWillUnmount(() => this.partFromField());
        this.insertSuggestion = this.suggestion.insert.bind(this.suggestion);
        this.suggestion.insert = (option) => this.choose(option);
    }

    /**
     * Odoo's composer observes the HTML of its record for as long as the record lives, which is as long as the page, and
     * keeps what it drew. It observes a stand-in here, which goes with the composer: only the editor of HTML, which no
     * workspace has, would look at what it sees.
     */
    setupWithoutObserver() {
        const { props } = this;
        this.props = { ...props, composer: new Proxy(props.composer, {}) };
        super.setup();
        this.props = props;
        this.attachmentUploader.composer = props.composer;
    }

    /**
     * Browsers remember the field that was written in last, Odoo the one that was clicked last, and with it whatever
     * hangs on it: the conversation of a hundred messages around it, and Owl's handlers, which know the composer.
     */
    partFromField() {
        const field = this.ref.el;
        field?.remove();
        for (const handler of Object.keys(field || {}).filter((key) => key.startsWith("__event__"))) {
            delete field[handler];
        }
    }

    get isWorkspace() {
        return true;
    }

    // "/": PREPARED WORDS AND MACROS

    get navigableListProps() {
        const props = { ...super.navigableListProps, position: "top-fit" };
        if (this.suggestion.state.items?.type !== "helpdesk.prepared") {
            return props;
        }
        return {
            ...props,
            optionTemplate: "kemenkes_helpdesk.PreparedWords",
            options: this.suggestion.state.items.suggestions.map((option) => ({
                ...option,
                title: option.label,
                classList: "o-mail-Composer-suggestion",
            })),
        };
    }

    choose(option) {
        const { search } = this.suggestion;
        if (search.delimiter !== "/") {
            return this.insertSuggestion(option);
        }
        const composer = toRaw(this.props.composer);
        const { position } = search;
        const text = composer.composerText;
        this.props.composer.composerText = text.slice(0, position) + text.slice(composer.selection.end);
        this.suggestion.clearSearch();
        if (option.macro) {
            return this.props.runMacro(option.macro);
        }
        composer.cannedResponses.push(option.cannedResponse);
        this.props.composer.insertText(`${option.label} `, position);
    }

    // TYPING

    /** Who types is told by the conversation; Odoo's way is for its own channels, and outlives the composer. */
    detectTyping() {}

    // KEYBOARD

    onKeydown(ev) {
        const isSend =
            ev.key === "Enter" && ev.ctrlKey && !ev.isComposing && !isEventHandled(ev, "NavigableList.select");
        if (isSend && ev.shiftKey && this.props.type === "message") {
            ev.preventDefault();
            return this.sendThen("action_solve");
        }
        return super.onKeydown(ev);
    }

    // SENDING

    /** @param {string} after a method of the ticket, called when the answer is sent */
    async sendThen(after) {
        if (this.isSendButtonDisabled || (after === "action_solve" && !(await this.workspace.isWrappedUp()))) {
            return;
        }
        const row = this.workspace.following(this.thread.id);
        this.after = after;
        try {
            await this.sendMessage();
        } finally {
            this.after = undefined;
        }
        this.workspace.offerNext(row);
    }

    async _sendMessage(value, postData, extraData) {
        const composer = toRaw(this.props.composer);
        const { thread } = composer;
        const params = await this.store.getMessagePostParams({ body: value, postData, thread });
        if (this.laterDate) {
            return this.schedule(params.post_data, postData.isNote, extraData);
        }
        this.workspace.outbox.add({
            ticketId: thread.id,
            params: { ...params, ...extraData, thread_id: thread.id, thread_model: thread.model },
            text: composer.composerText,
            // what the composer needs to show them again
            files: postData.attachments.map(({ id, name, mimetype, ownership_token }) => ({
                id,
                name,
                mimetype,
                ownership_token,
            })),
            isNote: postData.isNote,
            seenId: thread.newestPersistentMessage?.id,
            after: this.after,
        });
        this.suggestion.clearRawMentions();
        this.suggestion.clearCannedResponses();
        composer.replyToMessage = undefined;
    }

    /** What was written and sent before the page drew it once is nothing new to Owl, which would leave it standing. */
    clear() {
        super.clear();
        if (this.ref.el) {
            this.ref.el.value = "";
        }
    }

    sendLater() {
        this.env.services.dialog.add(ScheduleDialog, {
            choose: async (date) => {
                this.laterDate = date;
                try {
                    await this.sendMessage();
                } finally {
                    this.laterDate = undefined;
                }
            },
        });
    }

    schedule({ body, attachment_ids }, isNote, extraData) {
        const answer = extraData.context?.helpdesk_answer;
        return this.workspace.schedule(
            // markup travels as plain text
            { body: String(body), attachment_ids, is_note: isNote, answer },
            serializeDateTime(this.laterDate),
        );
    }

    // DRAFTS

    saveContent() {
        super.saveContent();
        const { thread, composerHtml, composerText } = toRaw(this.props.composer);
        if (thread) {
            this.saveOnServer(thread.id, isHtmlEmpty(composerHtml) ? "" : composerText);
        }
    }

    /** What was typed on this computer; else what was kept on the server. */
    restoreContent() {
        super.restoreContent();
        const { draft } = this.workspace.ticket || {};
        if (draft && !this.props.composer.composerText && !browser.localStorage.getItem(this.props.composer.localId)) {
            this.props.composer.composerText = draft;
        }
    }

    get SEND_TEXT() {
        return this.props.type === "note" && !this.props.composer.message ? _t("Save the note") : super.SEND_TEXT;
    }

    get placeholder() {
        return this.props.type === "note"
            ? _t("Note for colleagues. The customer does not see it.")
            : _t("Answer the customer …  / for prepared words and macros");
    }
}
