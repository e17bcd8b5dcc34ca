import { Chatter } from "@mail/chatter/web_portal/chatter";
import { Component, onWillDestroy, onWillStart, onWillUpdateProps, useEffect, useRef, useState } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { timeLeft } from "./answer_length";

const TICK = 30000;
const WAY_ICONS = {
    email: "fa-envelope-o",
    form: "fa-envelope-o",
    livechat: "fa-comments-o",
    whatsapp: "fa-whatsapp",
    messenger: "fa-commenting-o",
    telegram: "fa-telegram",
    instagram: "fa-instagram",
    x: "fa-twitter",
};
const { DateTime } = luxon;

function fill(template, values) {
    return template.parameters.reduce(
        (text, name) => text.replaceAll(`{{${name}}}`, values[name] || `{{${name}}}`),
        template.body,
    );
}

/** Above the composer: how long the customer can be written to, publicly or privately, and which templates there are. */
export class AnswerBar extends Component {
    static template = "kemenkes_channels.AnswerBar";
    static props = { thread: Object, ticket: { type: Object, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ now: DateTime.now(), isChoosing: false, chosen: 0 });
        const chosen = useRef("chosen");
        // the first value is filled in next
        useEffect(
            (times) => times && chosen.el?.querySelector("input")?.focus(),
            () => [this.state.chosen],
        );
        const timer = setInterval(() => this.tick(), TICK);
        onWillDestroy(() => clearInterval(timer));
        onWillStart(() => (this.props.ticket ? this.takeTicket(this.props) : this.load(this.props.thread)));
        onWillUpdateProps((next) => {
            if (next.ticket && next.ticket !== this.props.ticket) {
                this.takeTicket(next);
            } else if (next.thread.id !== this.props.thread.id) {
                return this.load(next.thread);
            }
        });
        useBus(this.env.bus, "HELPDESK:TICKET_SAID", ({ detail }) => {
            if (detail.ticketId === this.props.thread.id && !this.props.ticket) {
                this.load(this.props.thread);
            }
        });
        useBus(this.env.bus, "HELPDESK:CHOOSE_TEMPLATE", () => {
            this.state.isChoosing = true;
        });
    }

    /** In the workspace the limits come with the ticket; another channel that was chosen is asked for. */
    takeTicket({ thread, ticket }) {
        const { channelId } = thread.composer.helpdesk_answer || {};
        return channelId ? this.load(thread, channelId) : this.take(thread, ticket.answer_limits);
    }

    async load(thread, channelId = thread.composer.helpdesk_answer?.channelId) {
        const limits = thread.id
            ? await this.orm.silent.call("helpdesk.ticket", "get_answer_limits", [[thread.id], channelId || false])
            : {};
        this.take(thread, limits, channelId);
    }

    take(thread, limits, channelId) {
        const known = thread.composer.helpdesk_answer;
        thread.composer.helpdesk_answer = limits.kind
            ? {
                  mode: limits.is_public ? "public" : "private",
                  tag: "",
                  values: {},
                  ...known,
                  channelId,
                  limits,
                  tooLong: _t("Too long for this channel. Shorten it before you send it."),
              }
            : undefined;
        this.tick();
    }

    get answer() {
        return this.props.thread.composer.helpdesk_answer;
    }

    get limits() {
        return this.answer.limits;
    }

    change(values) {
        this.props.thread.composer.helpdesk_answer = { ...this.answer, ...values };
        this.tick();
    }

    tick() {
        this.state.now = DateTime.now();
        if (this.answer && this.answer.isClosed !== this.isClosed) {
            this.props.thread.composer.helpdesk_answer = { ...this.answer, isClosed: this.isClosed };
        }
    }

    /** Answer by another of the customer's channels: what was chosen for this one does not hold there. */
    async chooseWay(ev) {
        const { thread } = this.props;
        thread.composer.helpdesk_answer = undefined;
        await this.load(thread, Number(ev.target.value));
    }

    get wayIcon() {
        return WAY_ICONS[this.limits.kind] || "fa-reply";
    }

    millisecondsLeft(end) {
        return end ? deserializeDateTime(end).diff(this.state.now).milliseconds : 0;
    }

    get isWindowOpen() {
        return !this.limits.has_window || this.millisecondsLeft(this.limits.window_end) > 0;
    }

    get isTagOpen() {
        return this.millisecondsLeft(this.limits.tag_end) > 0;
    }

    get isClosed() {
        return !this.isWindowOpen && !(this.answer.tag && this.isTagOpen);
    }

    get isWindowShort() {
        return this.millisecondsLeft(this.limits.window_end) < 2 * 3600000;
    }

    get windowText() {
        return _t("%s left to answer freely", timeLeft(this.millisecondsLeft(this.limits.window_end)));
    }

    get windowTitle() {
        return this.limits.window_end ? formatDateTime(deserializeDateTime(this.limits.window_end)) : "";
    }

    /** "pembaruan_tiket" as people read it. */
    words(name) {
        const words = name.replaceAll("_", " ");
        return words.charAt(0).toUpperCase() + words.slice(1);
    }

    /** Services number the places of a template, or name them. */
    valueLabel(name) {
        return /^\d+$/.test(name) ? _t("Value %s", name) : this.words(name);
    }

    get preview() {
        return fill(this.answer.template, this.answer.values);
    }

    chooseTemplate(template) {
        this.state.isChoosing = false;
        const values = Object.fromEntries(template.parameters.map((name) => [name, ""]));
        this.change({ template, values });
        this.write();
        this.state.chosen++;
    }

    setValue(name, value) {
        this.change({ values: { ...this.answer.values, [name]: value } });
        this.write();
    }

    /** The thread keeps the words the customer gets, so they stand in the composer. */
    write() {
        this.props.thread.composer.composerText = this.preview;
    }

    dropTemplate() {
        this.props.thread.composer.clear();
    }
}

Chatter.components = { ...Chatter.components, AnswerBar };
