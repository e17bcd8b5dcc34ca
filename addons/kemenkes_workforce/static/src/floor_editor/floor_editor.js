import { Component, onMounted, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FloorPlan, place } from "../floor_plan/floor_plan";
import { FloorLayout } from "./layout";

const FLOOR_FIELDS = ["name", "site_id", "column_count", "row_count", "write_date", "image"];
const SEAT_FIELDS = ["name", "position_x", "position_y", "user_id", "equipment"];
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// Pixels that a pointer may tremble before it is a drag.
const TREMBLE = 4;
const MOST_NEW_SEATS = 50;

/** Places and moves the seats of a floor, by drag and drop or with the keyboard, and saves them when told to. */
export class FloorEditor extends Component {
    static template = "kemenkes_workforce.FloorEditor";
    static components = { FloorPlan, Layout, RecordSelector };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.place = place;
        this.userDomain = [["share", "=", false]];
        this.state = useState({ layout: null, floor: null, chosen: null, drag: null, count: 1, said: "", users: {} });
        this.display = { controlPanel: {} };
        onWillStart(() => this.load());
        onMounted(() => this.env.config.setDisplayName(this.state.floor.name));
        useSetupAction({
            beforeLeave: () => this.save(),
            beforeUnload: (event) => {
                if (this.isChanged) {
                    event.preventDefault();
                    event.returnValue = "";
                }
            },
        });
        useEffect(
            (key) => this.root.el?.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true }),
            () => [this.state.chosen],
        );
    }

    get floorId() {
        return this.props.action.context.active_id;
    }

    get layout() {
        return this.state.layout;
    }

    get chosenSeat() {
        return this.layout.find(this.state.chosen);
    }

    get isChanged() {
        return this.layout.commands().length > 0;
    }

    get hasErrors() {
        return this.layout.seats.some((seat) => this.layout.nameError(seat.key));
    }

    async load() {
        const [floor] = await this.orm.read("helpdesk.floor", [this.floorId], FLOOR_FIELDS, {
            context: { bin_size: true },
        });
        const [seats, others] = await Promise.all([
            this.orm.searchRead("helpdesk.seat", [["floor_id", "=", floor.id]], SEAT_FIELDS),
            this.orm.searchRead(
                "helpdesk.seat",
                [
                    ["site_id", "=", floor.site_id[0]],
                    ["floor_id", "!=", floor.id],
                ],
                ["name"],
            ),
        ]);
        const address = `/web/image/helpdesk.floor/${floor.id}/image?unique=${encodeURIComponent(floor.write_date)}`;
        this.state.floor = { ...floor, image: floor.image ? address : false };
        this.state.users = Object.fromEntries(seats.filter((seat) => seat.user_id).map((seat) => seat.user_id));
        this.state.layout = new FloorLayout(
            floor,
            seats.map((seat) => ({ ...seat, user_id: seat.user_id && seat.user_id[0] })),
            others.map(({ name }) => name),
        );
        this.state.chosen = null;
    }

    async save() {
        const commands = this.layout.commands();
        if (!commands.length) {
            return true;
        }
        if (this.hasErrors) {
            this.notification.add(_t("Each seat needs a name of its own."), { type: "danger" });
            return false;
        }
        await this.orm.write("helpdesk.floor", [this.floorId], { seat_ids: commands });
        await this.load();
        this.notification.add(_t("The plan is saved."), { type: "success" });
        return true;
    }

    openForm() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.floor",
            res_id: this.floorId,
            views: [[false, "form"]],
        });
    }

    // WHAT A SEAT SHOWS

    seatStyle(seat) {
        const { drag } = this.state;
        const { x, y } = drag && drag.key === seat.key ? drag : seat;
        return place(x / this.layout.columns, y / this.layout.rows);
    }

    seatLabel(seat) {
        const owner = seat.user_id ? this.state.users[seat.user_id] : _t("free");
        return _t("Seat %(name)s, %(owner)s, column %(x)s, row %(y)s", {
            name: seat.name,
            owner,
            x: seat.x,
            y: seat.y,
        });
    }

    nameMessage(seat) {
        return { empty: _t("A seat needs a name."), twice: _t("Another seat has this name.") }[
            this.layout.nameError(seat.key)
        ];
    }

    // MOUSE, FINGER, PEN

    onPointerDown(event, seat) {
        if (event.button) {
            return;
        }
        this.state.chosen = seat.key;
        const cell = this.root.el.querySelector(".o_helpdesk_plan").clientWidth / this.layout.columns;
        const start = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture?.(event.pointerId);
        this.grip = { key: seat.key, cell, start, from: { x: seat.x, y: seat.y } };
    }

    onPointerMove(event) {
        if (!this.grip) {
            return;
        }
        const { key, cell, start, from } = this.grip;
        const [right, down] = [event.clientX - start.x, event.clientY - start.y];
        if (this.state.drag || Math.hypot(right, down) > TREMBLE) {
            const spot = this.layout.within(from.x + right / cell, from.y + down / cell);
            this.state.drag = { key, ...spot, taken: !this.layout.mayStand(key, spot.x, spot.y) };
        }
    }

    onPointerUp() {
        const { drag } = this.state;
        this.grip = null;
        this.state.drag = null;
        if (drag) {
            this.move(drag.key, drag.x, drag.y);
        }
    }

    onPointerCancel() {
        this.grip = null;
        this.state.drag = null;
    }

    // KEYBOARD

    onSeatKeydown(event, seat) {
        const step = STEPS[event.key];
        if (step) {
            const far = event.shiftKey ? 5 : 1;
            this.move(seat.key, seat.x + step[0] * far, seat.y + step[1] * far);
        } else if (event.key === "Delete" || event.key === "Backspace") {
            this.remove(seat);
        } else {
            return;
        }
        event.preventDefault();
    }

    onKeydown(event) {
        if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea")) {
            return;
        }
        const key = event.key.toLowerCase();
        const act = {
            z: () => (event.shiftKey ? this.redo() : this.undo()),
            y: () => this.redo(),
            s: () => this.save(),
        }[key];
        if (act) {
            event.preventDefault();
            act();
        }
    }

    // CHANGES

    move(key, x, y) {
        const moved = this.layout.move(key, x, y);
        this.say(moved ? this.seatLabel(this.layout.find(key)) : _t("There is no room."));
    }

    add() {
        const count = Math.min(Math.max(Number(this.state.count) || 1, 1), MOST_NEW_SEATS);
        const seats = this.layout.add(count);
        if (seats.length < count) {
            this.notification.add(_t("There is room for %s more seats only. Make the plan larger.", seats.length), {
                type: "warning",
            });
        }
        if (seats.length) {
            this.state.chosen = seats[0].key;
            this.say(_t("%s seats added", seats.length));
        }
    }

    remove(seat) {
        this.layout.remove(seat.key);
        this.state.chosen = null;
        this.say(_t("Seat %s removed", seat.name));
    }

    change(values) {
        this.layout.change(this.chosenSeat.key, values);
    }

    async setUser(userId) {
        const key = this.state.chosen;
        if (userId && !this.state.users[userId]) {
            const [{ display_name }] = await this.orm.read("res.users", [userId], ["display_name"]);
            this.state.users[userId] = display_name;
        }
        this.layout.change(key, { user_id: userId });
    }

    undo() {
        this.layout.undo();
        this.say(_t("Undone"));
    }

    redo() {
        this.layout.redo();
        this.say(_t("Done again"));
    }

    /** For those who hear the screen. */
    say(text) {
        this.state.said = text;
    }
}

registry.category("actions").add("kemenkes_workforce.floor_editor", FloorEditor);
