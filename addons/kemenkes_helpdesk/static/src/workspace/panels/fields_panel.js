import { Component, toRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { CategoryPicker } from "./category_picker";

/** What the browser has read of the choices; one answer for all tickets of a workspace. */
const choicesOf = new WeakMap();

/** The ticket's fields, each written as soon as it is chosen, and what its product wants before it is solved. */
export class FieldsPanel extends Component {
    static template = "kemenkes_helpdesk.FieldsPanel";
    static components = { CategoryPicker };
    static props = { ticket: Object, store: Object };

    setup() {
        this.state = useState({ choices: null, isPicking: false, version: 0 });
        this.readChoices();
    }

    async readChoices() {
        const store = toRaw(this.props.store);
        if (!choicesOf.has(store)) {
            choicesOf.set(store, store.call("get_field_choices"));
        }
        try {
            this.state.choices = await choicesOf.get(store);
        } catch {
            choicesOf.delete(store);
        }
    }

    get ticket() {
        return this.props.ticket;
    }

    get mayWrite() {
        return this.ticket.may_write && !this.ticket.merged_into && Boolean(this.state.choices);
    }

    get priorityKey() {
        return String(this.ticket.priority);
    }

    get priority() {
        return this.state.choices.priorities.find(({ key }) => key === this.priorityKey)?.name;
    }

    get categoryLabel() {
        return this.ticket.category ? _t("Category: %s", this.ticket.category.name) : _t("Choose a category");
    }

    removeLabel(tag) {
        return _t("Remove the tag %s", tag.name);
    }

    get freeTags() {
        const taken = this.ticket.tags.map(({ id }) => id);
        return this.state.choices.tags.filter(({ id }) => !taken.includes(id));
    }

    get missing() {
        return this.ticket.wrap_up || [];
    }

    isMissing(name) {
        return this.missing.some((field) => field.name === name);
    }

    get missingText() {
        return _t("Before solving: %s", this.missing.map(({ label }) => label).join(", "));
    }

    /** What the server refuses is shown as it was before. */
    async write(values) {
        try {
            await this.props.store.write(values);
        } finally {
            this.state.version++;
        }
    }

    chooseProduct(event) {
        return this.write({ product_id: Number(event.target.value) || false });
    }

    choosePriority(event) {
        return this.write({ priority: event.target.value });
    }

    async chooseCategory(category) {
        this.state.isPicking = false;
        if (category.id !== this.ticket.category.id) {
            await this.write({ category_id: category.id });
        }
    }

    addTag(event) {
        return this.write({ tag_ids: [[4, Number(event.target.value)]] });
    }

    removeTag(tag) {
        return this.write({ tag_ids: [[3, tag.id]] });
    }
}

registry
    .category("helpdesk_workspace_panels")
    .add("fields", { Component: FieldsPanel, label: _t("Ticket") }, { sequence: 40 });
