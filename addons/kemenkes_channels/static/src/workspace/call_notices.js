import { NoticesItem } from "@kemenkes_helpdesk/workspace/notices/notices_item";
import { useService } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";

/** Who calls stands on the card of the call: to hear that they have "written" would only mislead. */
patch(NoticesItem.prototype, {
    setup() {
        super.setup();
        const calls = useService("helpdesk_calls");
        this.notices.isToldElsewhere = (ticketId) => calls.isAbout(ticketId);
    },
});
