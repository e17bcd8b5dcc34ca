import { registry } from "@web/core/registry";

const PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgAAIAAAUAAXpeqz8AAAAASUVORK5CYII=";

function attachPicture({ anchor }) {
    const bytes = Uint8Array.from(atob(PICTURE), (character) => character.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "layar.png", { type: "image/png" }));
    anchor.files = files.files;
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("helpdesk_web_form", {
    steps: () => [
        { content: "All topics are one list for scripts only", trigger: "#kh-category_id:not(:visible)" },
        { content: "First level", trigger: "#kh-category-first", run: "selectByLabel Log-in" },
        { content: "Second level appears", trigger: ".kh-levels select[data-depth='1']", run: "selectByLabel OTP" },
        { trigger: "#kh-name", run: "edit Budi Santoso" },
        { trigger: "#kh-phone", run: "edit 0812 3456 7890" },
        { trigger: "#kh-subject", run: "edit Kode OTP tidak masuk" },
        { trigger: "#kh-message", run: "edit Sejak kemarin kode OTP tidak masuk ke ponsel saya." },
        { trigger: "#kh-consent", run: "check" },
        { trigger: "#kh-form button[type=submit]", run: "click", expectUnloadPage: true },
        { content: "A reference is shown", trigger: ".kh-reference:contains(HD-)" },
        { trigger: ".kh-sent .kh-button-primary", run: "click", expectUnloadPage: true },
        { content: "Own words are there", trigger: ".kh-message-in .kh-bubble:contains(OTP tidak masuk)" },
        { trigger: "#kh-message", run: "edit Tambahan: ponsel saya baru." },
        { trigger: "#kh-files", run: attachPicture },
        { trigger: "#kh-reply button[type=submit]", run: "click", expectUnloadPage: true },
        { trigger: ".kh-message-in .kh-bubble:contains(ponsel saya baru)" },
        { content: "The picture is shown", trigger: ".kh-message-in .kh-attachment:contains(layar.png) img" },
        { trigger: "#kh-solve button", run: "click", expectUnloadPage: true },
        { content: "Thanks are said", trigger: ".kh-badge-solved" },
        { trigger: "#kh-reopen button", run: "click", expectUnloadPage: true },
        { trigger: ".kh-badge-open" },
    ],
});
