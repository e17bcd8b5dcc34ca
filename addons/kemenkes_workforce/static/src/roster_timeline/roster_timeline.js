import { TimelineController } from "@web_timeline/views/timeline/timeline_controller.esm";
import { TimelineRenderer } from "@web_timeline/views/timeline/timeline_renderer.esm";
import { TimelineView } from "@web_timeline/views/timeline/timeline_view.esm";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const { DateTime } = luxon;
// Luxon's formats for the labels of the axis, by the scale that vis-timeline chose; vis has no Indonesian of its own.
const MINOR = { hour: "HH:mm", minute: "HH:mm", weekday: "ccc d", day: "d", week: "'W'W", month: "LLL", year: "yyyy" };
const MAJOR = { hour: "cccc, d LLLL", minute: "cccc, d LLLL", week: "LLLL yyyy", month: "yyyy", year: "" };
const WITHOUT_AGENT = -1;

function write(date, format) {
    return format ? DateTime.fromMillis(date.valueOf()).toFormat(format) : "";
}

/**
 * The timeline in the account's language; duties without an agent stand in the first row.
 */
export class RosterTimelineRenderer extends TimelineRenderer {
    init_timeline() {
        this.options.format = {
            minorLabels: (date, scale) => write(date, MINOR[scale] ?? "d"),
            majorLabels: (date, scale) => write(date, MAJOR[scale] ?? "LLLL yyyy"),
        };
        super.init_timeline();
    }

    async split_groups(records) {
        const groups = await super.split_groups(records);
        return groups.map((group) => (group.id === WITHOUT_AGENT ? { ...group, content: _t("Uncovered") } : group));
    }
}

/**
 * A duty that the rules refuse goes back to where it was, and the sentence of the rule is shown.
 */
export class RosterTimelineController extends TimelineController {
    async internalMove() {
        try {
            await super.internalMove();
        } catch (error) {
            await this.model.load(this.getSearchProps());
            this.render();
            throw error;
        }
    }
}

registry.category("views").add("helpdesk_roster_timeline", {
    ...TimelineView,
    Controller: RosterTimelineController,
    Renderer: RosterTimelineRenderer,
});
