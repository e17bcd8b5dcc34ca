import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The answer to a criterion: yes or no, or points, or that it does not apply; one click each, also in a row of the list
 * that is not being edited.
 */
export class AnswerField extends Component {
    static template = "kemenkes_qa.AnswerField";
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data;
    }

    get isOpen() {
        return !this.props.readonly || Boolean(this.props.record.model.root.data.may_score);
    }

    get choices() {
        const choices =
            this.data.kind === "yes_no"
                ? [
                      { points: 1, label: _t("Yes") },
                      { points: 0, label: _t("No") },
                  ]
                : Array.from({ length: this.data.maximum + 1 }, (_item, points) => ({ points, label: String(points) }));
        return choices.map((choice) => ({ ...choice, chosen: this.hasPoints && this.data.points === choice.points }));
    }

    get hasPoints() {
        return this.data.is_answered && !this.data.is_not_applicable;
    }

    get text() {
        if (!this.data.is_answered) {
            return "";
        }
        return this.data.is_not_applicable ? _t("Does not apply") : this.choices.find((choice) => choice.chosen)?.label;
    }

    choose(points) {
        return this.props.record.update({ points, is_answered: true, is_not_applicable: false });
    }

    chooseNotApplicable() {
        return this.props.record.update({ points: 0, is_answered: true, is_not_applicable: true });
    }
}

registry.category("fields").add("helpdesk_qa_answer", {
    component: AnswerField,
    supportedTypes: ["integer"],
    fieldDependencies: [
        { name: "kind", type: "selection" },
        { name: "maximum", type: "integer" },
        { name: "is_answered", type: "boolean", readonly: false },
        { name: "is_not_applicable", type: "boolean", readonly: false },
        { name: "allows_not_applicable", type: "boolean" },
    ],
});
