import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;
const PLANNED = "#5b8def";
const SHORT = "#d9534f";
const NEEDED = "#2f3542";

/**
 * A day of a site: agents planned and needed in each half hour, and how many each shift should have.
 */
export class NeedChart extends Component {
    static template = "kemenkes_workforce.NeedChart";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.canvas = useRef("canvas");
        this.state = useState({ coverage: {} });
        onWillStart(() => Promise.all([loadBundle("web.chartjs_lib"), this.load()]));
        useEffect(
            () => this.draw(),
            () => [this.state.coverage],
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get display() {
        return { controlPanel: {} };
    }

    /** Half hours in which fewer agents are planned than needed. */
    get shortHours() {
        const { need, planned } = this.state.coverage;
        return need.filter((agents, slot) => agents > planned[slot]).length / 2;
    }

    async load(siteId = false, day = false) {
        this.state.coverage = await this.orm.call("helpdesk.roster", "get_coverage", [siteId, day]);
    }

    changeSite(event) {
        return this.load(Number(event.target.value), this.state.coverage.day);
    }

    changeDay(event) {
        return event.target.value && this.load(this.state.coverage.site_id, event.target.value);
    }

    move(days) {
        const day = DateTime.fromISO(this.state.coverage.day).plus({ days }).toISODate();
        return this.load(this.state.coverage.site_id, day);
    }

    async applyProposal() {
        const { site_id: siteId, day } = this.state.coverage;
        await this.orm.call("helpdesk.roster", "apply_proposal", [siteId]);
        this.notification.add(_t("The fewest agents of each shift are those of its busiest day now."), {
            type: "success",
        });
        await this.load(siteId, day);
    }

    draw() {
        this.chart?.destroy();
        const { labels, need, planned } = this.state.coverage;
        if (!this.canvas.el || !labels) {
            return;
        }
        this.chart = new Chart(this.canvas.el, {
            data: {
                labels,
                datasets: [
                    {
                        type: "line",
                        label: _t("Needed"),
                        data: need,
                        borderColor: NEEDED,
                        backgroundColor: NEEDED,
                        borderWidth: 2,
                        pointRadius: 0,
                        stepped: "middle",
                    },
                    {
                        type: "bar",
                        label: _t("On duty"),
                        data: planned,
                        backgroundColor: planned.map((agents, slot) => (agents < need[slot] ? SHORT : PLANNED)),
                        barPercentage: 1,
                        categoryPercentage: 0.92,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: { legend: { display: false } },
                scales: {
                    x: { grid: { display: false }, ticks: { autoSkip: true, maxRotation: 0 } },
                    y: { beginAtZero: true, ticks: { precision: 0 }, title: { display: true, text: _t("Agents") } },
                },
            },
        });
    }
}

registry.category("actions").add("helpdesk_need_chart", NeedChart);
