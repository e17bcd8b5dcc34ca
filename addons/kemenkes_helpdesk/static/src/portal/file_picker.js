import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

const MEGABYTE = 1024 * 1024;

/** Names the chosen files, and stops what the server would refuse before it is uploaded. */
export class HelpdeskFilePicker extends Interaction {
    static selector = ".kh-file-picker";
    dynamicContent = {
        ".kh-file": { "t-on-change": this.showFiles },
    };

    showFiles() {
        const input = this.el.querySelector(".kh-file");
        const list = this.el.querySelector(".kh-files");
        const { limit, megabytes, many, large } = input.dataset;
        const files = [...input.files].map((file) => ({
            text: `${file.name} (${(file.size / MEGABYTE).toFixed(1)} MB)`,
            isLarge: file.size > Number(megabytes) * MEGABYTE,
        }));
        const problems = files.filter((file) => file.isLarge).map((file) => `${large} ${file.text}`);
        if (files.length > Number(limit)) {
            problems.unshift(`${many} ${limit}.`);
        }
        const fine = files.filter((file) => !file.isLarge).map((file) => file.text);
        list.replaceChildren(
            ...problems.map((text) => makeLine(text, "kh-error")),
            ...fine.map((text) => makeLine(text)),
        );
        input.setCustomValidity(problems.join(" "));
    }
}

function makeLine(text, className = "") {
    const line = document.createElement("li");
    line.textContent = text;
    line.className = className;
    return line;
}

registry.category("public.interactions").add("kemenkes_helpdesk.file_picker", HelpdeskFilePicker);
