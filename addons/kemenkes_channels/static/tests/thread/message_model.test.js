import { expect, test } from "@odoo/hoot";

import { Message } from "@mail/core/common/message_model";

function isEmpty(outside) {
    const message = {
        isBodyEmpty: true,
        attachment_ids: [],
        trackingValues: [],
        helpdesk_outside: outside,
    };
    return Message.prototype.computeIsEmpty.call(message);
}

test.tags("headless");
test("a picture without words that is still to be fetched is no removed message", () => {
    expect(isEmpty({ media: [{ id: 1, kind: "image", state: "waiting" }] })).toBe(false);
    expect(isEmpty({ media: [] })).toBe(true);
    expect(isEmpty(undefined)).toBe(true);
});
