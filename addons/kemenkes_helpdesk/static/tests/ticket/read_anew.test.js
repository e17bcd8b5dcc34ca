import { expect, test } from "@odoo/hoot";

import { registry } from "@web/core/registry";

import { readAnewAction } from "@kemenkes_helpdesk/ticket/read_anew";

test.tags("headless");
test("what the browser knew of a ticket's messages is read anew, then it goes on", () => {
    const known = { messages: [1, 2], isLoaded: true, fetchNewMessages: () => expect.step("fetch") };
    const env = { services: { "mail.store": { Thread: { get: ({ id }) => (id === 1 ? known : undefined) } } } };
    const readAnew = registry.category("actions").get("helpdesk_read_anew");
    const next = { type: "ir.actions.act_window" };
    expect(readAnew(env, readAnewAction([1, 2], next))).toBe(next);
    expect(known.messages).toEqual([]);
    expect(known.isLoaded).toBe(false);
    expect.verifySteps(["fetch"]);
});
