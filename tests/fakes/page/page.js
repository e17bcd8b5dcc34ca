"use strict";

const CITIZENS = [
    { id: "6280012340001", name: "Rina Contoh" },
    { id: "6280012340002", name: "Bagus Contoh" },
    { id: "6280012340003", name: "Dewi Contoh" },
];
const TOOLS = {
    file: "📎 Berkas",
    voice: "🎤 Suara",
    sticker: "🙂 Stiker",
    location: "📍 Lokasi",
    contact: "👤 Kontak",
    stars: "★ Nilai",
    call: "📞 Telepon",
    pick_up: "🟢 Diangkat",
    hold: "⏸ Tahan / lanjut",
    hang_up: "☎ Tutup",
};
const ON_ENTRY = { reply: "↩", react: "👍", edit: "✎", unsend: "🗑" };
const STATES = { sent: "✓", delivered: "✓✓", read: "✓✓", failed: "⚠" };
const MARKS = { edited: "diubah", deleted: "", hidden: "disembunyikan" };
const PLACEHOLDERS = { call: "Ucapkan sesuatu; > di depan: petugas yang berkata" };
const PERIOD = 1000;

const state = { rooms: [], room: null, citizen: CITIZENS[0], about: null, shown: "" };
const byId = (id) => document.getElementById(id);

async function get(path) {
    const answer = await fetch(path);
    return answer.json();
}

async function act(action, values = {}, file = null) {
    const form = new FormData();
    const all = { action, citizen: state.citizen.id, name: state.citizen.name, ...values };
    for (const [name, value] of Object.entries(all)) {
        form.append(name, value);
    }
    if (file) {
        form.append("file", file);
    }
    await fetch(`/page/api/${state.room.kind}/act`, { method: "POST", body: form });
    await refresh();
}

function enter(room) {
    state.room = room;
    state.shown = "";
    stopAbout();
    document.body.dataset.kind = room.kind;
    history.replaceState(null, "", `#${room.kind}`);
    byId("title").textContent = "Halo Kemkes";
    byId("face").textContent = "HK";
    byId("subtitle").textContent = room.title;
    byId("entries").className = `entries ${room.tree ? "tree" : "chat"}`;
    byId("text").placeholder = PLACEHOLDERS[room.kind] || (room.tree ? "Tulis komentar" : "Tulis pesan");
    byId("note").textContent = room.note;
    byId("note").hidden = !room.note;
    renderRooms();
    renderTools();
    renderFaults();
    refresh();
}

function renderRooms() {
    byId("rooms").replaceChildren(
        ...state.rooms.map((room) => {
            const button = document.createElement("button");
            button.textContent = room.title;
            button.setAttribute("aria-current", String(room === state.room));
            button.onclick = () => enter(room);
            return button;
        }),
    );
}

function renderTools() {
    const names = state.room.actions.filter((name) => TOOLS[name]);
    byId("tools").replaceChildren(...names.map((name) => chip(TOOLS[name], () => useTool(name))));
}

function renderFaults() {
    const send = (name) => {
        const body = new URLSearchParams({ name });
        return fetch(`/page/api/${state.room.kind}/fault`, { method: "POST", body });
    };
    byId("faults").replaceChildren(...state.room.faults.map((name) => chip(name, () => send(name))));
}

function chip(words, onclick) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.onclick = onclick;
    return button;
}

function useTool(name) {
    if (name === "file") {
        byId("file").click();
    } else if (name === "stars") {
        act("stars", { stars: prompt("Bintang (1 sampai 5)", "5") || "5", text: byId("text").value });
    } else {
        act(name);
    }
}

function about(action, entry) {
    if (action === "react") {
        act("react", { target: entry.id, emoji: entry.reaction ? "" : "👍" });
    } else if (action === "unsend") {
        act("unsend", { target: entry.id });
    } else {
        state.about = { action, target: entry.id };
        byId("about").hidden = false;
        byId("about").firstElementChild.textContent = `${action === "edit" ? "Ubah" : "Balas"}: ${entry.text}`;
        byId("text").value = action === "edit" ? entry.text : "";
        byId("text").focus();
    }
}

function stopAbout() {
    state.about = null;
    byId("about").hidden = true;
}

function inTreeOrder(entries) {
    const known = new Set(entries.map((entry) => entry.id));
    const below = (parent) => entries.filter((entry) => entry.parent === parent);
    const tops = entries.filter((entry) => !entry.parent || !known.has(entry.parent));
    const walk = (entry) => [entry, ...below(entry.id).flatMap(walk)];
    return tops.flatMap(walk);
}

function renderEntry(entry) {
    const node = byId("entry").content.cloneNode(true).firstElementChild;
    const own = entry.by === "citizen" && entry.name === state.citizen.name;
    node.classList.add(entry.by);
    node.classList.toggle("own", own);
    node.classList.toggle("reply", Boolean(state.room.tree && entry.parent));
    node.classList.toggle("deleted", entry.marks.includes("deleted"));
    const set = (name, value) => {
        node.querySelector(`.${name}`).textContent = value;
    };
    set("name", entry.name);
    set("quote", entry.quote);
    set("stars", "★".repeat(entry.stars) + (entry.stars ? "☆".repeat(5 - entry.stars) : ""));
    set("text", entry.text);
    set("reaction", entry.reaction);
    set("marks", [...new Set(entry.marks)].map((mark) => MARKS[mark] ?? mark).filter(Boolean).join(" · "));
    set("state", entry.by === "helpdesk" ? STATES[entry.state] || "" : "");
    node.querySelector(".state").classList.add(entry.state || "none");
    if (entry.at) {
        const time = new Date(entry.at * 1000);
        node.querySelector("time").textContent = time.toLocaleTimeString("id", { hour: "2-digit", minute: "2-digit" });
    }
    node.querySelector(".media").append(...entry.media.map(renderMedia));
    const press = (button) => act("press", { target: entry.id, payload: button.id, text: button.title });
    node.querySelector(".buttons").append(...entry.buttons.map((button) => chip(button.title, () => press(button))));
    const ownActions = ["edit", "unsend"];
    const offered = Object.keys(ON_ENTRY).filter(
        (name) => state.room.actions.includes(name) && (own || !ownActions.includes(name)) && entry.by !== "other",
    );
    node.querySelector("menu").append(...offered.map((name) => chip(ON_ENTRY[name], () => about(name, entry))));
    return node;
}

function renderMedia(media) {
    const box = document.createElement("div");
    box.className = media.type;
    if (["image", "sticker"].includes(media.type)) {
        box.append(Object.assign(new Image(), { src: media.url, alt: media.name }));
    } else if (["audio", "voice"].includes(media.type)) {
        box.append(Object.assign(document.createElement("audio"), { src: media.url, controls: true }));
    } else if (media.type === "video") {
        box.append(Object.assign(document.createElement("video"), { src: media.url, controls: true }));
    } else {
        box.append(Object.assign(document.createElement("a"), { href: media.url, textContent: `📄 ${media.name || "Berkas"}` }));
    }
    return box;
}

async function refresh() {
    const query = new URLSearchParams({ citizen: state.citizen.id, name: state.citizen.name });
    const entries = await get(`/page/api/${state.room.kind}/entries?${query}`);
    const shown = JSON.stringify([state.room.kind, state.citizen.id, entries]);
    if (shown === state.shown) {
        return;
    }
    state.shown = shown;
    const list = byId("entries");
    list.replaceChildren(...(state.room.tree ? inTreeOrder(entries) : entries).map(renderEntry));
    list.scrollTop = list.scrollHeight;
    const requests = await get(`/page/api/${state.room.kind}/requests`);
    byId("requests").replaceChildren(
        ...requests
            .slice(-8)
            .reverse()
            .map((request) => Object.assign(document.createElement("li"), { textContent: `${request.method} ${request.path}` })),
    );
}

byId("composer").onsubmit = async (event) => {
    event.preventDefault();
    const text = byId("text").value.trim();
    if (!text) {
        return;
    }
    byId("text").value = "";
    const doing = state.about || { action: "text" };
    stopAbout();
    await act(doing.action, { text, ...(doing.target ? { target: doing.target } : {}) });
};
byId("text").onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        byId("composer").requestSubmit();
    }
};
byId("file").onchange = (event) => act("file", { text: byId("text").value }, event.target.files[0]);
byId("about").lastElementChild.onclick = stopAbout;
byId("citizen").append(...CITIZENS.map(({ id, name }) => new Option(name, id)));
byId("citizen").onchange = (event) => {
    state.citizen = CITIZENS.find(({ id }) => id === event.target.value);
    refresh();
};
for (const input of byId("weather").querySelectorAll("input")) {
    input.onchange = () => {
        const value = input.type === "checkbox" ? Number(input.checked) : input.value;
        fetch("/page/api/weather", { method: "POST", body: new URLSearchParams({ [input.name]: value }) });
    };
}

async function start() {
    state.rooms = await get("/page/api/rooms");
    const weather = await get("/page/api/weather");
    for (const input of byId("weather").querySelectorAll("input")) {
        input[input.type === "checkbox" ? "checked" : "value"] = weather[input.name];
    }
    const wanted = state.rooms.find((room) => room.kind === location.hash.slice(1));
    enter(wanted || state.rooms[0]);
    setInterval(refresh, PERIOD);
}

start();
