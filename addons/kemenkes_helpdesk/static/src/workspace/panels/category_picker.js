import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { useAutofocus } from "@web/core/utils/hooks";

import { searchCategories } from "./category_search";

let number = 0;

/** A category of any level by typing parts of its path; arrows, Enter and Escape as in every list of choices. */
export class CategoryPicker extends Component {
    static template = "kemenkes_helpdesk.CategoryPicker";
    static props = {
        categories: Array,
        productId: { type: [Number, Boolean] },
        current: { type: [Object, Boolean] },
        choose: Function,
        close: Function,
    };

    setup() {
        this.id = `o_helpdesk_categories_${++number}`;
        this.list = useRef("list");
        this.state = useState({ typed: "", at: 0 });
        useAutofocus({ refName: "input" });
        useEffect(
            () => {
                this.list.el?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
            },
            () => [this.state.at, this.state.typed],
        );
    }

    get found() {
        return searchCategories(this.props.categories, this.state.typed, this.props.productId);
    }

    /** Where the path leads, and what leads there. */
    parents(category) {
        return category.path.slice(0, -1).join(" / ");
    }

    name(category) {
        return category.path.at(-1);
    }

    onInput(event) {
        Object.assign(this.state, { typed: event.target.value, at: 0 });
    }

    onKeydown(event) {
        const last = this.found.length - 1;
        const places = {
            ArrowDown: this.state.at + 1,
            ArrowUp: this.state.at - 1,
            PageDown: this.state.at + 8,
            PageUp: this.state.at - 8,
        };
        if (event.key in places) {
            this.state.at = Math.min(Math.max(places[event.key], 0), Math.max(last, 0));
        } else if (event.key === "Enter") {
            this.choose(this.found[this.state.at]);
        } else if (event.key === "Escape") {
            this.props.close();
        } else {
            return;
        }
        event.preventDefault();
        // else the workspace takes the key for one of its own
        event.stopPropagation();
    }

    onBlur(event) {
        if (!this.list.el?.contains(event.relatedTarget)) {
            this.props.close();
        }
    }

    choose(category) {
        if (category) {
            this.props.choose(category);
        }
    }
}
