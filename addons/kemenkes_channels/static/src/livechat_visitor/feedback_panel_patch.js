import { FeedbackPanel } from "@im_livechat/embed/common/feedback_panel/feedback_panel";
import { LivechatRating } from "@kemenkes_channels/livechat_visitor/livechat_rating";
import { onWillStart } from "@odoo/owl";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

// Where the widget stands on another site's page.
registry.category("discuss.routing_map").add("/im_livechat/rating_choices", "/im_livechat/cors/rating_choices");

Object.assign(FeedbackPanel.components, { LivechatRating });

/** In chats of the helpdesk five stars take the place of Odoo's three faces. */
patch(FeedbackPanel.prototype, {
    setup() {
        super.setup(...arguments);
        this.choices = null;
        onWillStart(async () => {
            try {
                this.choices = await rpc("/im_livechat/rating_choices", { channel_id: this.props.thread.id });
            } catch {
                this.choices = {}; // a rating is no reason to keep the window from closing
            }
        });
    },
});
