import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

export const CHANNEL_ICONS = {
    email: "fa-envelope-o",
    form: "fa-wpforms",
    call: "fa-phone",
    livechat: "fa-comments-o",
    whatsapp: "fa-whatsapp",
    messenger: "fa-comment-o",
    telegram: "fa-telegram",
    x: "fa-twitter",
    facebook: "fa-facebook",
    instagram: "fa-instagram",
    playstore: "fa-android",
    appstore: "fa-apple",
    api: "fa-plug",
};

/** The kind of channel as an icon, with its name for screen readers and on hover. */
export class ChannelIconField extends Component {
    static template = "kemenkes_helpdesk.ChannelIconField";
    static props = { ...standardFieldProps };

    get icon() {
        return CHANNEL_ICONS[this.props.record.data[this.props.name]] || "fa-pencil";
    }

    get label() {
        const { record, name } = this.props;
        const choice = record.fields[name].selection.find(([key]) => key === record.data[name]);
        return choice ? choice[1] : "";
    }
}

registry.category("fields").add("helpdesk_channel_icon", {
    component: ChannelIconField,
    supportedTypes: ["selection"],
});
