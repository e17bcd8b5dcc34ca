import { Component, onMounted, onWillUnmount, useEffect, useRef, xml } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatElapsed } from "./monitor";

const SECOND = 1000;

/** One clock for all that count on a screen: a hundred seats cost one timer and no drawing of components. */
class Ticker {
    faces = new Set();

    add(face) {
        this.faces.add(face);
        this.timer ??= browser.setInterval(() => this.faces.forEach((each) => each()), SECOND);
    }

    remove(face) {
        this.faces.delete(face);
        if (!this.faces.size) {
            browser.clearInterval(this.timer);
            this.timer = undefined;
        }
    }
}

const ticker = new Ticker();

/** How long something lasts, counting by itself. */
export class Elapsed extends Component {
    static template = xml`<span class="o_helpdesk_elapsed" t-ref="face" />`;
    static props = {
        since: Number, // milliseconds of the server's clock
        shift: Number, // the server's clock is ahead of this one by so many milliseconds
    };

    setup() {
        const face = useRef("face");
        const draw = () => {
            face.el.textContent = formatElapsed(Date.now() + this.props.shift - this.props.since);
        };
        useEffect(draw, () => [this.props.since, this.props.shift]);
        onMounted(() => ticker.add(draw));
        onWillUnmount(() => ticker.remove(draw));
    }
}
