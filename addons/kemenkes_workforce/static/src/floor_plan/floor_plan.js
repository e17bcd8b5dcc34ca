import { Component } from "@odoo/owl";

/** A seat is so many cells wide and high. */
export const SEAT_CELLS = 2;

/**
 * The ground of a floor: its picture or a grid, as large as the place allows. What stands on it is given by the default
 * slot; `place` says where.
 */
export class FloorPlan extends Component {
    static template = "kemenkes_workforce.FloorPlan";
    static props = {
        floor: Object, // id, name, column_count, row_count, image (an address, or false)
        showGrid: { type: Boolean, optional: true },
        rootRef: { type: Function, optional: true },
        slots: Object,
    };

    get style() {
        const { column_count, row_count, image } = this.props.floor;
        const picture = image ? `background-image: url("${image}");` : "";
        return `--columns: ${column_count}; --rows: ${row_count}; ${picture}`;
    }
}

/**
 * @param {number} x middle of a seat, as a share of the plan's width
 * @param {number} y the same of its height
 * @returns {string} style that puts an element there
 */
export function place(x, y) {
    return `left: ${x * 100}%; top: ${y * 100}%;`;
}
