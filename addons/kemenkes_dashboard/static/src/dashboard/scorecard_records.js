import { patch } from "@web/core/utils/patch";
import * as spreadsheet from "@odoo/o-spreadsheet";
import { SEE_RECORDS_PIVOT, SEE_RECORDS_PIVOT_VISIBLE } from "@spreadsheet/pivot/pivot_actions";

/**
 * A figure on top of a dashboard opens what it is made of, as the cells of the tables do: the rows behind its pivot,
 * with the filters that are set. Figures that no pivot stands behind go to their menu, as in Odoo.
 */
patch(spreadsheet.components.ScorecardChart.prototype, {
    get recordsPosition() {
        const { model } = this.env;
        const { keyValue } = model.getters.getChartDefinition(this.props.chartId);
        const sheetId = model.getters.getActiveSheetId();
        const range = keyValue && model.getters.getRangeFromSheetXC(sheetId, keyValue);
        return range && { sheetId: range.sheetId, col: range.zone.left, row: range.zone.top };
    },
    async onClick() {
        const position = this.env.isDashboard() && this.recordsPosition;
        if (position && SEE_RECORDS_PIVOT_VISIBLE(position, this.env.model.getters)) {
            await SEE_RECORDS_PIVOT(position, this.env, false);
            return;
        }
        await super.onClick();
    },
});
