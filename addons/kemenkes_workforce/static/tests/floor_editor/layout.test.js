import { describe, expect, test } from "@odoo/hoot";
import { FloorLayout } from "@kemenkes_workforce/floor_editor/layout";

describe.current.tags("headless");

const FLOOR = { column_count: 10, row_count: 6 };
const SEATS = [
    { id: 1, name: "A1", position_x: 0.1, position_y: 1 / 6, user_id: false, equipment: false },
    { id: 2, name: "A2", position_x: 0.5, position_y: 0.5, user_id: 7, equipment: "PC" },
];
const layout = (...others) => new FloorLayout(FLOOR, SEATS, others);
const spots = ({ seats }) => seats.map(({ name, x, y }) => `${name} ${x},${y}`);

test("nothing is to be saved before anything was changed", () => {
    expect(layout().commands()).toEqual([]);
});

test("a seat moves from cell to cell and stays on the plan", () => {
    const plan = layout();
    expect(plan.move(1, 7.4, 2.6)).toBe(true);
    expect(spots(plan)).toEqual(["A1 7,3", "A2 5,3"]);
    expect(plan.move(1, -50, 50)).toBe(true);
    expect(spots(plan)).toEqual(["A1 1,5", "A2 5,3"]);
    expect(plan.commands()).toEqual([[1, 1, { position_y: 5 / 6 }]]);
});

test("no seat goes where another one stands", () => {
    const plan = layout();
    expect(plan.move(1, 4, 3)).toBe(false);
    expect(plan.move(1, 3, 3)).toBe(true);
    expect(plan.past).toHaveLength(1);
});

test("seats that stand on one another can be taken apart, step by step", () => {
    const plan = new FloorLayout(FLOOR, [SEATS[1], { ...SEATS[1], id: 3, name: "A3" }]);
    expect(plan.move(1, 6, 3)).toBe(true);
    expect(plan.move(1, 7, 3)).toBe(true);
    expect(plan.move(1, 6, 3)).toBe(false, { message: "and not put together again" });
    expect(spots(plan)).toEqual(["A2 7,3", "A3 5,3"]);
});

test("new seats fill free places row by row, with names that are free on the site", () => {
    const plan = layout("3", "5");
    const seats = plan.add(2);
    expect(seats.map(({ name, x, y }) => `${name} ${x},${y}`)).toEqual(["4 3,1", "6 5,1"]);
    expect(plan.commands()).toEqual(
        [
            ["4", 3],
            ["6", 5],
        ].map(([name, x]) => [0, 0, { name, user_id: false, equipment: false, position_x: x / 10, position_y: 1 / 6 }]),
    );
    expect(plan.add(100).length).toBeLessThan(15);
    expect(plan.add(1)).toEqual([]);
});

test("a seat that goes away is archived; a new one was never there", () => {
    const plan = layout();
    const [seat] = plan.add(1);
    plan.remove(seat.key);
    plan.remove(1);
    expect(plan.commands()).toEqual([[1, 1, { active: false }]]);
});

test("every step can be undone and done again", () => {
    const plan = layout();
    const before = spots(plan);
    plan.move(1, 8, 5);
    plan.add(3);
    plan.change(2, { name: "B9" });
    plan.remove(1);
    const after = spots(plan);
    for (let step = 0; step < 4; step++) {
        plan.undo();
    }
    expect(spots(plan)).toEqual(before);
    expect(plan.commands()).toEqual([]);
    plan.undo();
    for (let step = 0; step < 4; step++) {
        plan.redo();
    }
    expect(spots(plan)).toEqual(after);
    plan.undo();
    plan.move(2, 8, 1);
    expect(plan.future).toEqual([], { message: "another way was taken" });
});

test("names are wanted, each once on the site", () => {
    const plan = layout("C1");
    expect(plan.nameError(1)).toBe("");
    plan.change(1, { name: "A2" });
    expect(plan.nameError(1)).toBe("twice");
    plan.change(1, { name: "C1" });
    expect(plan.nameError(1)).toBe("twice");
    plan.change(1, { name: "  " });
    expect(plan.nameError(1)).toBe("empty");
});
