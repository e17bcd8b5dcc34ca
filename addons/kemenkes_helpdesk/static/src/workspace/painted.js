import { browser } from "@web/core/browser/browser";

/** In a window that nobody sees nothing is painted. */
const UNSEEN_MILLISECONDS = 300;

/** @returns {Promise<void>} resolved once what was changed before is on the screen */
export function painted() {
    return new Promise((resolve) => {
        // changes get into the page with the next frame; what they set off in it belongs to the one after
        browser.requestAnimationFrame(() => browser.requestAnimationFrame(() => browser.setTimeout(resolve)));
        browser.setTimeout(resolve, UNSEEN_MILLISECONDS);
    });
}
