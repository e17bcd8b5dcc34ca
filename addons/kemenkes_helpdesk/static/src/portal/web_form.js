import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** The form works without scripts; this makes it quicker to fill in. */
export class HelpdeskWebForm extends Interaction {
    static selector = "#kh-form";
    dynamicContent = {
        _root: { "t-on-submit": this.onSubmit },
        "#kh-product_id": { "t-on-change": this.onProductChange },
    };

    setup() {
        this.category = this.el.querySelector("#kh-category_id");
        this.tree = this.category ? JSON.parse(this.category.dataset.tree) : [];
    }

    start() {
        document.querySelector("#kh-summary")?.focus();
        if (this.category) {
            this.showLevels(Number(this.category.value) || 0);
        }
    }

    get productId() {
        return Number(this.el.querySelector("#kh-product_id")?.value || this.category.dataset.product) || 0;
    }

    // TOPICS

    /** The select with all topics stays in the form and is what is sent; the visible ones choose in it. */
    showLevels(chosenId) {
        const path = this.pathOf(chosenId);
        this.levels?.remove();
        this.levels = document.createElement("div");
        this.levels.className = "kh-levels";
        let parentId = false;
        for (let depth = 0; depth <= path.length; depth++) {
            const choices = this.choicesBelow(parentId);
            if (!choices.length) {
                break;
            }
            this.levels.append(this.makeLevel(choices, path[depth], depth));
            parentId = path[depth];
        }
        this.category.hidden = true;
        this.category.required = false;
        this.category.value = chosenId || "";
        this.category.after(this.levels);
        this.takeOverLabel();
    }

    /** Ids from the root to a topic, cut where the chosen application has no such topic. */
    pathOf(chosenId) {
        const path = [];
        for (let row = this.rowOf(chosenId); row; row = this.rowOf(row.parent_id)) {
            path.unshift(row.id);
        }
        return path.every((id) => this.isOffered(this.rowOf(id))) ? path : [];
    }

    rowOf(id) {
        return this.tree.find((row) => row.id === id);
    }

    choicesBelow(parentId) {
        return this.tree.filter((row) => row.parent_id === parentId && this.isOffered(row));
    }

    isOffered(row) {
        return !row.product_ids.length || !this.productId || row.product_ids.includes(this.productId);
    }

    makeLevel(choices, chosenId, depth) {
        const select = document.createElement("select");
        select.className = "kh-input";
        const placeholder = depth ? this.category.dataset.more : this.category.dataset.placeholder;
        select.add(new Option(placeholder, ""));
        for (const row of choices) {
            select.add(new Option(row.name, row.id, false, row.id === chosenId));
        }
        select.dataset.depth = depth;
        for (const name of ["aria-invalid", "aria-describedby"]) {
            if (this.category.hasAttribute(name)) {
                select.setAttribute(name, this.category.getAttribute(name));
            }
        }
        if (depth) {
            select.setAttribute("aria-label", placeholder);
        }
        this.addListener(select, "change", () => this.onLevelChange(select));
        return select;
    }

    takeOverLabel() {
        const first = this.levels.querySelector("select");
        if (first) {
            first.id = "kh-category-first";
            this.el.querySelector("label[for^='kh-category']").htmlFor = first.id;
        }
    }

    onLevelChange(select) {
        const depth = Number(select.dataset.depth);
        const above = this.levels.querySelector(`select[data-depth="${depth - 1}"]`);
        this.showLevels(Number(select.value || above?.value) || 0);
        this.levels.querySelector(`select[data-depth="${depth}"]`)?.focus();
    }

    onProductChange() {
        if (this.category) {
            const path = this.pathOf(Number(this.category.value) || 0);
            this.showLevels(path.at(-1) || 0);
        }
    }

    // SENDING

    onSubmit() {
        const button = this.el.querySelector("button[type=submit]");
        button.disabled = true;
        button.textContent = button.dataset.busy;
    }
}

/** Tell the page around the frame how high the form is; nothing else leaves the frame. */
export class HelpdeskEmbeddedPage extends Interaction {
    static selector = ".kh-page[data-embed]";

    start() {
        const tell = () => window.parent.postMessage({ helpdeskFormHeight: this.el.offsetHeight + 8 }, "*");
        const observer = new ResizeObserver(tell);
        observer.observe(this.el);
        this.registerCleanup(() => observer.disconnect());
        tell();
    }
}

registry.category("public.interactions").add("kemenkes_helpdesk.web_form", HelpdeskWebForm);
registry.category("public.interactions").add("kemenkes_helpdesk.embedded_page", HelpdeskEmbeddedPage);
