import { registry } from "@web/core/registry";

const COLUMNS = [
    "id", "ticket_ref", "team_id", "user_id", "priority", "stage_kind", "create_date", "first_response_date",
    "waiting_since", "next_due_date",
]; // prettier-ignore

/** A row of a ticket as the server sends it; 10:00 is now. */
export function ticketRow(id, values = {}) {
    const ticket = {
        id,
        ticket_ref: `T-${id}`,
        team_id: 1,
        user_id: false,
        priority: "1",
        stage_kind: "open",
        create_date: "2026-11-24 09:30:00",
        first_response_date: false,
        waiting_since: false,
        next_due_date: false,
        ...values,
    };
    return COLUMNS.map((name) => ticket[name]);
}

export function sessionOf(userId, values = {}) {
    return {
        session_id: userId,
        user_id: userId,
        site_id: 1,
        team_id: 1,
        seat_id: false,
        status_id: 1,
        kind: "ready",
        reason_id: false,
        is_available: true,
        since: "2026-11-24 09:55:00",
        started: "2026-11-24 08:00:00",
        ended: false,
        ...values,
    };
}

/** What helpdesk.monitor.get_live() gives: a floor with three seats, three agents, four tickets. */
export function liveData() {
    return {
        now: "2026-11-24 10:00:00",
        uid: 99,
        sites: [
            { id: 1, name: "Jakarta" },
            { id: 2, name: "Makassar" },
        ],
        floors: [{ id: 5, name: "2nd floor", site_id: 1, column_count: 32, row_count: 18, image: false }],
        seats: [
            {
                id: 11,
                name: "A1",
                floor_id: 5,
                site_id: 1,
                user_id: false,
                position_x: 0.1,
                position_y: 0.1,
                equipment: false,
            },
            {
                id: 12,
                name: "A2",
                floor_id: 5,
                site_id: 1,
                user_id: false,
                position_x: 0.3,
                position_y: 0.1,
                equipment: false,
            },
            {
                id: 13,
                name: "A3",
                floor_id: 5,
                site_id: 1,
                user_id: 23,
                position_x: 0.5,
                position_y: 0.1,
                equipment: false,
            },
        ],
        statuses: [
            { id: 1, name: "Ready", kind: "ready", icon: "fa-check-circle", needs_reason: false, is_selectable: true },
            { id: 2, name: "On the phone", kind: "busy", icon: "fa-phone", needs_reason: false, is_selectable: true },
            { id: 3, name: "Break", kind: "break", icon: "fa-coffee", needs_reason: true, is_selectable: true },
        ],
        reasons: [{ id: 31, name: "Prayer", status_id: 3, expected_minutes: 20 }],
        teams: [
            { id: 1, name: "First line", site_id: 1, tier: "1", member_ids: [21, 22, 23], answer_seconds: 1200 },
            { id: 2, name: "East", site_id: 2, tier: "1", member_ids: [], answer_seconds: 3600 },
        ],
        agents: [
            { id: 21, name: "Ayu Lestari", session: sessionOf(21, { seat_id: 11 }) },
            { id: 22, name: "Bima Saputra", session: sessionOf(22, { status_id: 2, kind: "busy" }) },
            { id: 23, name: "Citra Handayani", session: null },
        ],
        ticket_columns: COLUMNS,
        tickets: [
            ticketRow(101, { user_id: 21, next_due_date: "2026-11-24 09:50:00" }),
            ticketRow(102, {
                user_id: 21,
                next_due_date: "2026-11-24 10:30:00",
                first_response_date: "2026-11-24 09:40:00",
            }),
            ticketRow(103, { waiting_since: "2026-11-24 09:20:00" }),
            ticketRow(104, { create_date: "2026-11-24 09:58:00", next_due_date: "2026-11-24 18:00:00" }),
        ],
        answers: [
            [1, "2026-11-24 09:40:00", true],
            [1, "2026-11-24 09:45:00", false],
        ],
        thresholds: [{ id: 1, metric: "waiting", limit: 1, site_id: 1, team_id: 1, value: 2, crossed: false }],
        lendings: [],
    };
}

/** Takes what stands in the top bar, and the offers, out of the web client: each has tests and server methods of its own. */
export function clearTopBar() {
    const systray = registry.category("systray");
    for (const [key] of systray.getEntries()) {
        systray.remove(key);
    }
    registry.category("main_components").remove("kemenkes_workforce.OfferStack");
}
