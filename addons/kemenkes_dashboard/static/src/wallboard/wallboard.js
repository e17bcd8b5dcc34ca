/* Shows a wallboard and keeps it up, for months: what stands on the page is changed in place, nothing piles up. */
(function () {
    "use strict";

    // In milliseconds: how often to ask; how long to wait at most after failures; for an answer; until data is old.
    const EVERY = 5000;
    const LONGEST_PAUSE = 60000;
    const TIMEOUT = 15000;
    const OLD = 25000;
    // A new release is taken up at most this often, so that no proxy makes the page reload for ever.
    const RELOAD_PAUSE = 600000;

    const body = document.body;
    const board = document.getElementById("board");
    const cover = document.getElementById("cover");
    const stale = document.getElementById("stale");
    const clock = document.getElementById("clock");
    const started = Date.now();
    const tiles = new Map();
    let shown = null;
    let heardAt = 0;
    let failures = 0;
    // How far the server's clock is ahead of the screen's, which may be wrong.
    let ahead = 0;
    let format = null;

    // ELEMENTS

    function make(tag, name, parent) {
        const element = document.createElement(tag);
        element.className = name;
        parent.appendChild(element);
        return element;
    }

    function write(element, text) {
        if (element.textContent !== text) {
            element.textContent = text;
        }
    }

    function mark(element, tone) {
        if (element.dataset.tone !== tone) {
            element.dataset.tone = tone;
        }
    }

    /* As many children as there are items, each of them filled; those that stand there are used again. */
    function fillRows(parent, items, build, fill) {
        while (parent.children.length > items.length) {
            parent.removeChild(parent.lastChild);
        }
        items.forEach((item, index) => fill(parent.children[index] || build(parent), item, index));
    }

    function fillSince(element, seconds, text, isShort = false) {
        if (seconds) {
            element.dataset.since = seconds;
            element.classList.toggle("short", isShort);
        } else {
            delete element.dataset.since;
            write(element, text);
        }
    }

    function secondsSince(moment) {
        return Math.max(0, Math.floor((Date.now() + ahead) / 1000 - moment));
    }

    /* In the largest unit that leaves a number worth reading, such as 25 h. */
    function roughly(all) {
        const { minute, hour, day } = shown.texts.units;
        if (all < 3600) {
            return `${Math.floor(all / 60)} ${minute}`;
        }
        return all < 172800 ? `${Math.floor(all / 3600)} ${hour}` : `${Math.floor(all / 86400)} ${day}`;
    }

    function exactly(all) {
        const two = (number) => String(number).padStart(2, "0");
        const hours = Math.floor(all / 3600);
        const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
        return hours ? `${hours}:${rest}` : rest;
    }

    // SHAPES: what is built once, and what is filled with every answer

    const SHAPES = {
        number: {
            build(box) {
                make("div", "value", box);
                make("div", "gauge", box).appendChild(document.createElement("i"));
                make("div", "note", box);
            },
            fill(box, tile) {
                const [value, gauge, note] = box.children;
                fillSince(value, tile.since, tile.value);
                gauge.hidden = tile.share === null;
                gauge.firstChild.style.width = `${Math.min(100, tile.share || 0)}%`;
                const goal = tile.goal ? `◎ ${tile.goal}` : "";
                write(note, [goal, tile.note].filter(Boolean).join("   "));
            },
        },
        parts: {
            build(box) {
                make("div", "value", box);
                make("div", "parts", box);
            },
            fill(box, tile) {
                write(box.children[0], tile.value);
                fillRows(
                    box.children[1],
                    tile.parts,
                    (parent) => {
                        const row = make("div", "part", parent);
                        make("span", "dot", row);
                        make("span", "label", row);
                        make("b", "", row);
                        return row;
                    },
                    (row, part) => {
                        mark(row, part.tone);
                        write(row.children[1], part.label);
                        write(row.children[2], String(part.value));
                    },
                );
            },
        },
        table: {
            build(box) {
                const table = make("table", "table", box);
                make("tr", "", make("thead", "", table));
                make("tbody", "", table);
            },
            fill(box, tile) {
                const [head, rows] = box.firstChild.children;
                const cell = (tag) => (parent) => make(tag, "", parent);
                fillRows(head.firstChild, tile.head, cell("th"), write);
                fillRows(rows, tile.rows, cell("tr"), (row, values) => {
                    fillRows(row, values, cell("td"), (element, value) => {
                        mark(element, value.tone || "plain");
                        fillSince(element, value.since, value.text, true);
                    });
                });
            },
        },
        bars: {
            build(box) {
                make("div", "bars", box);
            },
            fill(box, tile, texts) {
                box.dataset.empty = tile.rows.length ? "" : texts.empty;
                fillRows(
                    box.firstChild,
                    tile.rows,
                    (parent) => {
                        const row = make("div", "bar", parent);
                        make("span", "label", row);
                        make("b", "", row);
                        make("div", "gauge", row).appendChild(document.createElement("i"));
                        return row;
                    },
                    (row, item) => {
                        mark(row, item.tone);
                        write(row.children[0], item.label);
                        write(row.children[1], item.value);
                        row.children[2].firstChild.style.width = `${item.share}%`;
                    },
                );
            },
        },
        hours: {
            build(box) {
                make("div", "value", box);
                make("div", "hours", box);
                make("div", "legend", box);
            },
            fill(box, tile) {
                const [value, hours, legend] = box.children;
                write(value, tile.value);
                fillRows(
                    hours,
                    tile.rows,
                    (parent) => {
                        const hour = make("div", "hour", parent);
                        make("i", "before", hour);
                        make("i", "now", hour);
                        make("span", "", hour);
                        return hour;
                    },
                    (hour, item, index) => {
                        hour.children[0].style.height = `${item.before}%`;
                        hour.children[1].style.height = `${item.share}%`;
                        hour.classList.toggle("running", index === tile.hour);
                        write(hour.children[2], index % 6 ? "" : item.label);
                    },
                );
                fillRows(legend, tile.legend, (parent) => make("span", "", parent), write);
            },
        },
        alerts: {
            build(box) {
                make("div", "alerts", box);
            },
            fill(box, tile, texts) {
                box.dataset.empty = tile.rows.length ? "" : texts.calm;
                fillRows(
                    box.firstChild,
                    tile.rows,
                    (parent) => {
                        const row = make("div", "alert", parent);
                        make("span", "label", row);
                        make("b", "", row);
                        return row;
                    },
                    (row, alert) => {
                        mark(row, alert.tone);
                        write(row.children[0], alert.text);
                        fillSince(row.children[1], alert.since, "", true);
                    },
                );
            },
        },
        text: {
            build(box) {
                make("div", "text", box);
            },
            fill(box, tile) {
                write(box.firstChild, tile.text);
            },
        },
    };

    // THE BOARD

    function arrangement(data) {
        return JSON.stringify([data.columns, data.tiles.map((tile) => [tile.id, tile.shape, tile.width, tile.height])]);
    }

    function build(data) {
        board.textContent = "";
        tiles.clear();
        board.style.setProperty("--columns", data.columns);
        for (const tile of data.tiles) {
            const element = make("section", `tile shape-${tile.shape}`, board);
            element.style.gridColumn = `span ${tile.width}`;
            element.style.gridRow = `span ${tile.height}`;
            const title = make("h2", "", element);
            const box = make("div", "box", element);
            SHAPES[tile.shape].build(box);
            tiles.set(tile.id, { element, title, box });
        }
    }

    function show(data) {
        if (!shown || arrangement(shown) !== arrangement(data)) {
            build(data);
        }
        if (!shown || shown.lang !== data.lang || shown.zone !== data.zone) {
            document.documentElement.lang = data.lang;
            const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: data.zone };
            format = new Intl.DateTimeFormat(data.lang, options);
        }
        shown = data;
        ahead = data.now * 1000 - Date.now();
        body.dataset.theme = data.theme;
        write(document.getElementById("name"), data.name);
        document.title = data.name;
        for (const tile of data.tiles) {
            const { element, title, box } = tiles.get(tile.id);
            mark(element, tile.tone || "plain");
            write(title, tile.about ? `${tile.title} · ${tile.about}` : tile.title);
            SHAPES[tile.shape].fill(box, tile, data.texts);
        }
        cover.hidden = true;
        tick();
    }

    function tick() {
        if (!shown) {
            return;
        }
        write(clock, format.format(Date.now() + ahead));
        for (const element of board.querySelectorAll("[data-since]")) {
            const all = secondsSince(Number(element.dataset.since));
            write(element, element.classList.contains("short") ? roughly(all) : exactly(all));
        }
        const isOld = Date.now() - heardAt > OLD;
        stale.hidden = !isOld;
        body.classList.toggle("old", isOld);
        if (isOld) {
            write(stale, shown.texts.stale.replace("%s", format.format(shown.now * 1000)));
        }
    }

    // ASKING

    async function ask() {
        const abort = new AbortController();
        const timer = setTimeout(() => abort.abort(), TIMEOUT);
        const headers = {};
        const token = location.hash.slice(1);
        if (token) {
            headers.Authorization = `Bearer ${token}`;
        }
        try {
            const answer = await fetch(body.dataset.source, {
                headers,
                signal: abort.signal,
                cache: "no-store",
                redirect: "error",
            });
            if (answer.status === 401 || answer.status === 404) {
                refuse();
            } else if (answer.ok) {
                take(await answer.json());
                return;
            }
            failures += 1;
        } catch {
            failures += 1;
        } finally {
            clearTimeout(timer);
        }
    }

    function take(data) {
        failures = 0;
        heardAt = Date.now();
        show(data);
        if (data.version !== body.dataset.version && Date.now() - started > RELOAD_PAUSE) {
            location.reload();
        }
    }

    /* A withdrawn link takes the figures off the wall. */
    function refuse() {
        shown = null;
        board.textContent = "";
        tiles.clear();
        write(document.getElementById("name"), "");
        stale.hidden = true;
        write(cover, cover.dataset.refused);
        cover.hidden = false;
    }

    async function keepAsking() {
        await ask();
        // Screens that lost the server together do not come back together.
        const pause = Math.min(LONGEST_PAUSE, EVERY * 2 ** Math.min(failures, 6));
        setTimeout(keepAsking, pause * (failures ? 0.75 + Math.random() / 2 : 1));
    }

    function stayAwake() {
        if (navigator.wakeLock && document.visibilityState === "visible") {
            navigator.wakeLock.request("screen").catch(() => undefined);
        }
    }

    write(cover, cover.dataset.waiting);
    document.addEventListener("visibilitychange", stayAwake);
    window.addEventListener("hashchange", ask);
    window.addEventListener("online", ask);
    stayAwake();
    setInterval(tick, 1000);
    keepAsking();
})();
