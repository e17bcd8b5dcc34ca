import { _t } from "@web/core/l10n/translation";
import { CHANNEL_ICONS } from "../ticket/channel_icon_field";

const LABELS = {
    email: _t("E-mail"),
    form: _t("Web form"),
    call: _t("Call"),
    livechat: _t("Live chat"),
    whatsapp: "WhatsApp",
    messenger: "Messenger",
    telegram: "Telegram",
    x: "X",
    facebook: "Facebook",
    instagram: "Instagram",
    playstore: "Play Store",
    appstore: "App Store",
    api: "API",
};

/** @param {string} kind of a channel, or "" for a ticket that was written down by hand */
export function channelIcon(kind) {
    return CHANNEL_ICONS[kind] || "fa-pencil";
}

export function channelLabel(kind) {
    return LABELS[kind] || _t("Written down by hand");
}
