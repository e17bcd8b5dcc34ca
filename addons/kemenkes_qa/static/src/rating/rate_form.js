import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const LOW = 3;

/**
 * The reasons that fit the stars are shown. A star that was clicked in a mail is sent as soon as a person shows that they
 * are there, by pointer, finger or key: programs that open the links of mails, some of which run scripts, do not.
 */
export class RateForm extends Interaction {
    static selector = ".kh-rate";
    dynamicContent = {
        "input[name=score]": { "t-on-change": this.showReasons },
        _window: {
            "t-on-pointermove": this.notice,
            "t-on-touchstart": this.notice,
            "t-on-keydown": this.notice,
        },
    };

    start() {
        this.isNoticed = false;
        this.showReasons();
    }

    showReasons() {
        const score = Number(this.el.querySelector("input[name=score]:checked")?.value || 0);
        for (const chip of this.el.querySelectorAll(".kh-chip")) {
            const shownFor = chip.dataset.for;
            chip.hidden = !score || (shownFor === "low" && score > LOW) || (shownFor === "high" && score <= LOW);
        }
    }

    async notice(ev) {
        if (!this.el.dataset.chosen || this.isNoticed || !ev.isTrusted) {
            return;
        }
        this.isNoticed = true;
        const body = new FormData(this.el);
        await fetch(this.el.action, { method: "POST", body });
    }
}

registry.category("public.interactions").add("kemenkes_qa.rate_form", RateForm);
