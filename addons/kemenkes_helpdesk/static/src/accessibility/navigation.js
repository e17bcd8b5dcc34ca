import { Navigator } from "@web/core/navigation/navigation";
import { patch } from "@web/core/utils/patch";

/** What of a list is chosen is said by `aria-selected`; entries of menus and fields have no such state (WCAG 4.1.2). */
const SELECTABLE = ["option", "tab", "row", "gridcell", "treeitem"];

function hasNoSelection(element) {
    return !SELECTABLE.includes(element.getAttribute("role")) && !Object.hasOwn(element, "ariaSelected");
}

patch(Navigator.prototype, {
    update() {
        super.update(...arguments);
        for (const { target } of this.items) {
            if (hasNoSelection(target)) {
                target.removeAttribute("aria-selected");
                // what Odoo notes there from now on stays off the page
                Object.defineProperty(target, "ariaSelected", { value: false, writable: true });
            }
        }
    },
});
