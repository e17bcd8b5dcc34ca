import { expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { IndexedDB } from "@web/core/utils/indexed_db";

test("a browser's database that does not answer is done without", async () => {
    const held = new IndexedDB("held", "1");
    // Odoo's stand-in keeps values here, and waits for one that is a promise
    held.mockIndexedDB = { table: { key: new Promise(() => {}) } };
    const reading = held.read("table", "key");
    await advanceTime(2500);
    expect(await reading).toBe(undefined);
});
