import { expect, test } from "@odoo/hoot";
import { defineMailModels, start } from "@mail/../tests/mail_test_helpers";
import { getService } from "@web/../tests/web_test_helpers";

defineMailModels();

test("a picture without words that is still to be fetched is no removed message", async () => {
    await start();
    const messages = getService("mail.store")["mail.message"];
    const media = [{ id: 1, kind: "image", state: "waiting" }];
    expect(messages.insert({ id: 101, body: "", helpdesk_outside: { media } }).isEmpty).toBe(false);
    expect(messages.insert({ id: 102, body: "", helpdesk_outside: { media: [] } }).isEmpty).toBe(true);
    expect(messages.insert({ id: 103, body: "" }).isEmpty).toBe(true);
});
