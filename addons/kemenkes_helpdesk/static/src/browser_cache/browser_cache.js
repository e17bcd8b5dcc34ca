import { browser } from "@web/core/browser/browser";
import { IndexedDB } from "@web/core/utils/indexed_db";
import { patch } from "@web/core/utils/patch";

/** What the browser keeps is there in milliseconds, or not at all. */
const PATIENCE_MILLISECONDS = 2000;

/**
 * Odoo asks what the browser keeps before it shows anything. A page that is being left, such as the one to log in, can hold
 * the browser's database for good: nothing answers, and the screen stayed blank. It is a cache: without it the server is
 * asked.
 */
patch(IndexedDB.prototype, {
    read(table, key) {
        const nothing = new Promise((resolve) => browser.setTimeout(resolve, PATIENCE_MILLISECONDS));
        return Promise.race([super.read(table, key), nothing]);
    },
});
