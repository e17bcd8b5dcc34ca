import { Component } from "@odoo/owl";
import { Message } from "@mail/core/common/message";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

const DELIVERY = {
    queued: { icon: "fa-clock-o", label: _t("Queued") },
    sent: { icon: "fa-check", label: _t("Sent") },
    delivered: { icon: "fa-check-circle-o", label: _t("Delivered") },
    read: { icon: "fa-check-circle text-info", label: _t("Read") },
    failed: { icon: "fa-exclamation-circle", label: _t("Not delivered") },
};
const MEDIA = {
    image: _t("Picture"),
    video: _t("Video"),
    audio: _t("Recording"),
    voice: _t("Voice note"),
    sticker: _t("Sticker"),
    document: _t("Document"),
};

const MODERATION = {
    hide: { icon: "fa-eye-slash", label: _t("Hide") },
    unhide: { icon: "fa-eye", label: _t("Show again") },
    like: { icon: "fa-thumbs-o-up", label: _t("Like") },
    unlike: { icon: "fa-thumbs-up", label: _t("Take the like back") },
    delete: { icon: "fa-trash-o", label: _t("Delete there") },
};

/** Below a message: files being fetched, the post it stands under, hidden, deleted, and how far an answer got. */
export class MessageState extends Component {
    static template = "kemenkes_channels.MessageState";
    static props = { message: Object };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
    }

    get outside() {
        return this.props.message.helpdesk_outside;
    }

    get delivery() {
        return this.props.message.helpdesk_delivery;
    }

    get deliveryState() {
        return DELIVERY[this.delivery.state];
    }

    /** "Sent 10:02 · Delivered 10:03 · Read 10:15" */
    get deliveryDates() {
        return Object.entries(this.delivery.dates)
            .map(([state, date]) => `${DELIVERY[state].label} ${formatDateTime(deserializeDateTime(date))}`)
            .join(" · ");
    }

    mediaLabel(media) {
        const kind = MEDIA[media.kind] || _t("File");
        return {
            waiting: _t("%s is being fetched …", kind),
            refused: _t("%s was not taken", kind),
            failed: _t("%s could not be fetched", kind),
        }[media.state];
    }

    async fetchAgain(media) {
        await this.orm.call("helpdesk.media", "action_fetch_again", [[media.id]]);
        media.state = "waiting";
        this.notification.add(_t("The file is asked for once more."), { type: "info" });
    }

    get moderation() {
        return (this.outside.actions || []).map((name) => ({ name, ...MODERATION[name] }));
    }

    /** The service is asked a moment later; until then the button is gone. */
    async moderate(action) {
        await this.orm.call("helpdesk.channel.message", "moderate", [[this.outside.id], action]);
        const actions = this.outside.actions.filter((name) => name !== action);
        this.props.message.helpdesk_outside = { ...this.outside, actions };
        this.notification.add(_t("The service is asked to do so."), { type: "info" });
    }

    async resend() {
        await this.orm.call("helpdesk.outbox.message", "action_resend", [[this.delivery.id]]);
        this.props.message.helpdesk_delivery = { ...this.delivery, state: "queued", error: "" };
    }

    /** The composer opens with the templates: they reach a customer who has been silent. */
    chooseTemplate() {
        this.env.bus.trigger("HELPDESK:CHOOSE_TEMPLATE", { threadId: this.props.message.thread.id });
    }
}

Message.components = { ...Message.components, MessageState };
