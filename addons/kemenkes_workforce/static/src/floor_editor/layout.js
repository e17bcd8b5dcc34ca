import { SEAT_CELLS } from "../floor_plan/floor_plan";

const MOST_STEPS = 200;

/**
 * The seats of a floor while somebody arranges them, with every step back. Positions are in cells: the middle of a seat,
 * whole numbers. Knows nothing of the screen.
 */
export class FloorLayout {
    /**
     * @param {Object} floor column_count, row_count
     * @param {Object[]} seats records of helpdesk.seat: id, name, position_x, position_y, user_id (id or false), equipment
     * @param {string[]} otherNames names of the seats on other floors of the site
     */
    constructor(floor, seats, otherNames = []) {
        this.otherNames = new Set(otherNames);
        this.columns = floor.column_count;
        this.rows = floor.row_count;
        this.nextKey = 1;
        this.stored = seats.map((seat) => this.take(seat));
        this.seats = this.stored.map((seat) => ({ ...seat }));
        this.past = [];
        this.future = [];
    }

    take({ id, name, position_x, position_y, user_id, equipment }) {
        const spot = this.within(position_x * this.columns, position_y * this.rows);
        return { key: this.nextKey++, id, name, ...spot, user_id, equipment: equipment || "" };
    }

    /** The nearest place for a seat that is on the plan. */
    within(x, y) {
        const half = SEAT_CELLS / 2;
        const clamp = (value, most) => Math.min(Math.max(Math.round(value), half), most - half);
        return { x: clamp(x, this.columns), y: clamp(y, this.rows) };
    }

    share({ x, y }) {
        return { position_x: x / this.columns, position_y: y / this.rows };
    }

    find(key) {
        return this.seats.find((seat) => seat.key === key);
    }

    /** Seats that stand where a seat at this place would stand. */
    seatsAt(x, y) {
        return this.seats.filter((seat) => Math.abs(seat.x - x) < SEAT_CELLS && Math.abs(seat.y - y) < SEAT_CELLS);
    }

    isTaken(x, y) {
        return this.seatsAt(x, y).length > 0;
    }

    /** Whether a seat may go there: not onto another one; from one that it stands on already it may step off. */
    mayStand(key, x, y) {
        const seat = this.find(key);
        const under = new Set(this.seatsAt(seat.x, seat.y));
        return this.seatsAt(x, y).every((other) => other === seat || under.has(other));
    }

    // CHANGES, each of which can be undone

    remember() {
        this.past.push(this.seats.map((seat) => ({ ...seat })));
        this.past.splice(0, this.past.length - MOST_STEPS);
        this.future = [];
    }

    /** @returns {boolean} whether the seat went there: not where another one stands */
    move(key, x, y) {
        const seat = this.find(key);
        const spot = this.within(x, y);
        if ((spot.x === seat.x && spot.y === seat.y) || !this.mayStand(key, spot.x, spot.y)) {
            return false;
        }
        this.remember();
        Object.assign(this.find(key), spot);
        return true;
    }

    change(key, values) {
        this.remember();
        Object.assign(this.find(key), values);
    }

    /** @returns {Object[]} the new seats: as many of `count` as there is room for, row by row */
    add(count) {
        const spots = this.freeSpots(count);
        if (!spots.length) {
            return [];
        }
        this.remember();
        return spots.map((spot) => {
            const seat = {
                key: this.nextKey++,
                id: false,
                name: this.freeName(),
                ...spot,
                user_id: false,
                equipment: "",
            };
            this.seats.push(seat);
            return seat;
        });
    }

    freeSpots(count) {
        const spots = [];
        for (let y = SEAT_CELLS / 2; y <= this.rows - SEAT_CELLS / 2; y++) {
            for (let x = SEAT_CELLS / 2; x <= this.columns - SEAT_CELLS / 2; x++) {
                const near = spots.some(
                    (spot) => Math.abs(spot.x - x) < SEAT_CELLS && Math.abs(spot.y - y) < SEAT_CELLS,
                );
                if (!near && !this.isTaken(x, y)) {
                    spots.push({ x, y });
                    if (spots.length === count) {
                        return spots;
                    }
                }
            }
        }
        return spots;
    }

    freeName() {
        const names = new Set([...this.otherNames, ...this.seats.map((seat) => seat.name)]);
        let number = this.seats.length + 1;
        while (names.has(String(number))) {
            number++;
        }
        return String(number);
    }

    remove(key) {
        this.remember();
        this.seats = this.seats.filter((seat) => seat.key !== key);
    }

    undo() {
        this.swap(this.past, this.future);
    }

    redo() {
        this.swap(this.future, this.past);
    }

    swap(from, to) {
        if (from.length) {
            to.push(this.seats);
            this.seats = from.pop();
        }
    }

    // SAVING

    /** What is wrong with a seat's name: "empty", "twice" or nothing. */
    nameError(key) {
        const name = this.find(key).name.trim();
        if (!name) {
            return "empty";
        }
        const isTaken = this.seats.some((seat) => seat.key !== key && seat.name.trim() === name);
        return isTaken || this.otherNames.has(name) ? "twice" : "";
    }

    /** @returns {Array[]} commands for the field seat_ids of the floor; seats that go away are archived, as they were sat on */
    commands() {
        const kept = new Set(this.seats.map((seat) => seat.key));
        const gone = this.stored.filter((seat) => !kept.has(seat.key));
        return [
            ...gone.map((seat) => [1, seat.id, { active: false }]),
            ...this.seats.flatMap((seat) => this.command(seat)),
        ];
    }

    command(seat) {
        const values = this.values(seat);
        const stored = this.stored.find(({ key }) => key === seat.key);
        if (!stored) {
            return [[0, 0, values]];
        }
        const before = this.values(stored);
        const changed = Object.entries(values).filter(([name, value]) => value !== before[name]);
        return changed.length ? [[1, seat.id, Object.fromEntries(changed)]] : [];
    }

    values(seat) {
        const { name, user_id, equipment } = seat;
        return { name: name.trim(), user_id, equipment: equipment || false, ...this.share(seat) };
    }
}
