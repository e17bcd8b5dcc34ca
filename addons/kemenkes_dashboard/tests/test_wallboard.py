import json
from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_workforce.tests.floor_common import FloorCase
from odoo.addons.mail.tests.common import freeze_all_time

from ..models.helpdesk_wallboard_reading import memory

# Nine in the morning at Jakarta, eleven at Jayapura.
NINE = datetime(2026, 3, 2, 2, 0)
PAGE = "/helpdesk/wallboard"


class WallboardCase(FloorCase):
    """A wallboard of the first site, in English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["helpdesk.threshold"].search([]).active = False
        cls.env["helpdesk.target"].search([]).active = False
        cls.board = cls.env["helpdesk.wallboard"].create(
            {"name": "Operations room", "site_ids": cls.site.ids, "lang": "en_US"}
        )
        cls.addClassCleanup(memory.forget)

    def setUp(self):
        super().setUp()
        memory.forget()

    @classmethod
    def tiles(cls, board=None, moment=NINE):
        """What a screen gets, by the kind (and figure) of the tile."""
        cls.env.flush_all()
        memory.forget()
        with freeze_all_time(moment):
            shown = (board or cls.board)._show()
        tiles = cls.env["helpdesk.wallboard.tile"]
        return {(tiles.browse(tile["id"]).figure or tiles.browse(tile["id"]).kind): tile for tile in shown["tiles"]}

    @classmethod
    def make_link(cls, board=None, name="Left"):
        """A screen, and the secret of its link."""
        screen = cls.env["helpdesk.wallboard.screen"].create({"name": name, "wallboard_id": (board or cls.board).id})
        return screen, cls.secret(screen)

    @staticmethod
    def secret(screen):
        return screen.action_make_link()["context"]["default_url"].partition("#")[2]


@tagged("post_install", "-at_install")
class TestWallboard(WallboardCase):
    """R18.b, R23.b.2: what the screen on the wall shows."""

    def create_at(self, moment, **values):
        with freeze_all_time(moment):
            ticket = self.create_ticket(**values)
            self.env.flush_all()
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s", [moment, ticket.id])
        ticket.invalidate_recordset()
        return ticket

    def test_queue(self):
        """R18.b: who waits and for how long, of the wallboard's sites, teams and products only."""
        self.create_at(NINE - timedelta(minutes=30))
        self.create_at(NINE - timedelta(minutes=10), product_id=self.product_b.id)
        self.create_at(NINE - timedelta(minutes=50), user_id=self.users["agent"].id)
        team_east = self.env["helpdesk.team"].create({"name": "East", "tier": "1", "site_id": self.site_east.id})
        self.create_at(NINE - timedelta(hours=5), site_id=self.site_east.id, team_id=team_east.id)
        tiles = self.tiles()
        self.assertEqual(tiles["waiting"]["value"], "2")
        self.assertEqual(
            tiles["longest_wait"]["since"], (NINE - timedelta(minutes=30) - datetime(1970, 1, 1)).total_seconds()
        )
        of_team = next(row for row in tiles["teams"]["rows"] if row[0]["text"] == "L1")
        self.assertEqual(of_team[1]["text"], "2")
        self.board.product_ids = self.product_b
        self.assertEqual(self.tiles()["waiting"]["value"], "1")
        self.board.write({"product_ids": False, "team_ids": self.team_l2.ids})
        tiles = self.tiles()
        self.assertEqual((tiles["waiting"]["value"], tiles["longest_wait"]["value"]), ("0", "–"))
        self.assertEqual(len(tiles["teams"]["rows"]), 1)

    def test_service_level_and_its_limit(self):
        """R18.b: first answers of the last hour, and those that are overdue."""
        self.team_l1.answer_seconds = 600
        for minutes in (5, 20):
            ticket = self.create_at(NINE - timedelta(minutes=30), user_id=self.users["agent"].id)
            ticket.write(
                {
                    "first_response_date": NINE - timedelta(minutes=30 - minutes),
                    "first_response_seconds": minutes * 60,
                }
            )
        self.create_at(NINE - timedelta(minutes=12))
        self.create_at(NINE - timedelta(minutes=2))
        tile = self.tiles()["service_level"]
        self.assertEqual((tile["value"], tile["note"], tile["tone"]), ("33%", "1 of 3 in the last hour", "plain"))
        self.env["helpdesk.threshold"].create({"metric": "service_level", "limit": 80, "site_id": self.site.id})
        tile = self.tiles()["service_level"]
        self.assertEqual((tile["goal"], tile["tone"]), ("80%", "bad"))

    def test_agents_by_status(self):
        """R18.b: how many are there for customers; no name of anybody."""
        self.users["agent"]._start_work(self.seat)
        tile = self.tiles(moment=datetime.now())["agents"]
        self.assertEqual(tile["value"], "1")
        self.assertEqual([part["value"] for part in tile["parts"]], [1, 0])
        self.assertNotIn(self.users["agent"].name, json.dumps(tile))

    def test_today_at_the_site_against_its_target(self):
        """R18.b: the day is the site's: at Jayapura it is tomorrow already when Jakarta still has its evening."""
        late = datetime(2026, 3, 2, 15, 30)
        east = self.env["helpdesk.wallboard"].create(
            {"name": "East", "site_ids": self.site_east.ids, "lang": "en_US", "tile_ids": [
                (0, 0, {"kind": "today", "figure": "solved"}), (0, 0, {"kind": "today", "figure": "csat_score"}),
            ]}
        )  # fmt: skip
        common = {"site_id": self.site_east.id, "product_id": self.product_a.id}
        self.env["helpdesk.kpi.day"].create(
            [
                {**common, "date": "2026-03-02", "solved": 40, "csat_count": 9, "csat_sum": 9},
                {**common, "date": "2026-03-03", "solved": 3, "csat_count": 2, "csat_sum": 9},
            ]
        )
        self.env["helpdesk.target"].create({"metric": "csat", "goal": 4})
        tiles = self.tiles(east, late)
        self.assertEqual((tiles["solved"]["value"], tiles["csat_score"]["value"]), ("3", "4.5 ★"))
        self.assertEqual((tiles["csat_score"]["goal"], tiles["csat_score"]["tone"]), ("4.0 ★", "good"))
        self.env["helpdesk.target"].create({"metric": "csat", "goal": 4.8, "site_id": self.site_east.id})
        self.env["helpdesk.target"].create({"metric": "csat", "goal": 1, "site_id": self.site.id})
        self.assertEqual(self.tiles(east, late)["csat_score"]["tone"], "bad", "the site's own target counts")

    def test_hours_of_today_and_yesterday(self):
        self.create_at(NINE - timedelta(minutes=30))
        self.create_at(NINE - timedelta(days=1, hours=1))
        self.create_at(NINE - timedelta(days=2))
        tile = self.tiles()["hours"]
        self.assertEqual((tile["value"], tile["hour"]), ("1", 9))
        came = [(row["label"], row["share"], row["before"]) for row in tile["rows"] if row["share"] or row["before"]]
        self.assertEqual(came, [("08", 100, 100)])

    def test_alerts(self):
        """R18.b: limits that are crossed and mass incidents, of these sites; nothing that a customer said."""
        self.env["helpdesk.threshold"].create(
            [
                {"metric": "waiting", "limit": 1, "site_id": site.id, "crossed_date": NINE - timedelta(minutes=5)}
                for site in (self.site, self.site_east)
            ]
        )
        self.create_at(NINE, name="Siti Aminah 0812 says it is down").is_incident = True
        tile = self.tiles()["alerts"]
        texts = [row["text"] for row in tile["rows"]]
        self.assertEqual(texts, ["Mass incident · Product A", "Tickets in the queue"])

    def test_indonesian_whoever_asks(self):
        """R18.b: the language is the wallboard's, not the reader's."""
        self.board.lang = "id_ID"
        self.assertEqual(self.tiles()["waiting"]["title"], "Menunggu")
        self.assertEqual(self.board.with_user(self.users["supervisor"])._show()["lang"], "id-ID")

    def test_one_reading_for_all_screens(self):
        """R18.b: the same number of queries for one wallboard and for many, and none but for names within seconds."""
        boards = self.board | self.env["helpdesk.wallboard"].create(
            [{"name": f"Board {number}", "site_ids": self.site.ids, "lang": "en_US"} for number in range(5)]
        )
        for _number in range(5):
            self.create_at(NINE - timedelta(minutes=3))
        with freeze_all_time(NINE):
            for board in boards:
                board._show()
            self.env.invalidate_all()
            memory.forget()
            with self.assertQueryCount(35):
                for board in boards:
                    board._show()
            with self.assertQueryCount(0):
                self.env["helpdesk.wallboard.reading"]._read()

    # ARRANGING

    def test_new_board_has_tiles(self):
        """R23.b.2: a supervisor begins with what most rooms want, and changes it."""
        board = (
            self.env["helpdesk.wallboard"]
            .with_user(self.users["supervisor"])
            .create({"name": "Mine", "site_ids": self.site.ids})
        )
        self.assertGreater(len(board.tile_ids), 8)
        board.tile_ids[0].sequence = 999
        board.invalidate_recordset()
        self.assertEqual(board._show()["tiles"][-1]["title"], board.with_context(lang="id_ID").tile_ids[-1]._title())
        for values in ({"kind": "today"}, {"kind": "text"}):
            with self.assertRaises(ValidationError):
                board.tile_ids = [(0, 0, values)]
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            board.tile_ids = [(0, 0, {"kind": "open", "width": 9})]

    def test_own_sites_only(self):
        """R23.b.2: supervisors arrange the wallboards of their sites, leaders look at them, agents have no business."""
        mine = self.board.with_user(self.users["supervisor"])
        mine.name = "Room 1"
        with self.assertRaises(ValidationError):
            mine.site_ids = self.site | self.site_east
        stranger = self.board.with_user(self.users["stranger"])
        self.assertFalse(stranger.search([("id", "=", self.board.id)]))
        with self.assertRaises(AccessError):
            stranger.name = "Room 2"
        self.assertTrue(self.board.with_user(self.users["leader"]).name)
        with self.assertRaises(AccessError):
            self.board.with_user(self.users["leader"]).name = "Room 3"
        for login in ("agent", "viewer"):
            with self.assertRaises(AccessError):
                self.board.with_user(self.users[login]).read(["name"])

    def test_secret_is_shown_once_and_kept_as_a_hash(self):
        """R18.b: not even the administrator can read a link afterwards."""
        screen, secret = self.make_link()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(screen)::text FROM helpdesk_wallboard_screen screen WHERE id = %s", [screen.id]
        )
        stored = self.env.cr.fetchone()[0]
        self.assertNotIn(secret, stored)
        self.assertEqual(screen._find_by_token(secret), screen)
        self.assertNotIn("token_hash", screen.with_user(self.users["supervisor"]).fields_get())
        with self.assertRaises(AccessError):
            screen.with_user(self.users["leader"]).action_make_link()
        newer = self.secret(screen)
        self.assertFalse(screen._find_by_token(secret), "the new link ends the old one")
        screen.action_withdraw()
        self.assertEqual(screen.state, "withdrawn")
        screen.active = True
        self.assertFalse(screen._find_by_token(newer), "what was withdrawn does not come back")
        self.assertEqual(screen.state, "draft")
        for strange in ("", "x" * 10_000, "%", screen.token_start or "-"):
            self.assertFalse(screen._find_by_token(strange))


@tagged("post_install", "-at_install")
class TestWallboardPage(WallboardCase, HttpCase):
    """R18.b: the page of a screen that is logged in nowhere."""

    def ask(self, secret, source=f"{PAGE}/data"):
        self.env.flush_all()
        return self.url_open(source, headers={"Authorization": f"Bearer {secret}"})

    def test_link_is_the_right(self):
        """R18.b: the link opens its wallboard; withdrawn, archived or unknown it opens nothing."""
        screen, secret = self.make_link()
        other = self.env["helpdesk.wallboard"].create({"name": "Other room", "site_ids": self.site_east.ids})
        _screen, second = self.make_link(other)
        answer = self.ask(secret)
        self.assertEqual((answer.status_code, answer.json()["name"]), (200, "Operations room"))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(self.ask(second).json()["name"], "Other room")
        screen.invalidate_recordset()
        self.assertEqual(screen.state, "shown")
        self.assertEqual(self.ask(secret + "x").status_code, 401)
        self.assertEqual(self.url_open(f"{PAGE}/data?token={secret}").status_code, 401, "only in the header")
        other.active = False
        self.assertEqual(self.ask(second).status_code, 401)
        screen.action_withdraw()
        self.assertEqual(self.ask(secret).status_code, 401)

    def test_guessing_is_slowed_down(self):
        """R18.b: after so many wrong links a network waits; a right one goes on."""
        _screen, secret = self.make_link()
        self.env["helpdesk.rate.limit"].search([]).unlink()
        statuses = [self.ask(f"guess-{number}").status_code for number in range(31)]
        self.assertEqual((statuses[0], statuses[-1]), (401, 429))
        self.assertEqual(self.ask(secret).status_code, 200)

    def test_page_tells_nothing_and_trusts_nothing(self):
        """R18.b: no session, nothing from elsewhere, in no foreign frame; nobody's data."""
        self.create_ticket(name="Rahasia NIK 3275014512900004")
        _screen, secret = self.make_link()
        page = self.url_open(PAGE)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("session_id", page.cookies)
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'self'", policy)
        self.assertNotIn("unsafe", policy)
        text = self.ask(secret).text
        for personal in ("Rahasia", "3275014512900004", self.customer.name, self.users["agent"].name):
            self.assertNotIn(personal, text)

    def test_preview_follows_rights(self):
        """R23.b.2: who arranges it sees it in the browser; who watches other sites does not."""
        for login, status in (("supervisor", 200), ("leader", 200), ("stranger", 404), ("agent", 404)):
            self.users[login].password = "preview-of-the-test"
            self.authenticate(f"test_{login}", "preview-of-the-test")
            self.assertEqual(self.url_open(f"{PAGE}/preview/{self.board.id}").status_code, status, login)
            self.assertEqual(self.url_open(f"{PAGE}/preview/{self.board.id}/data").status_code, status, login)

    def test_screen_for_days(self):
        """R18.b: two hundred answers leave no more on the page than one; an outage shows how old the figures are."""
        _screen, secret = self.make_link()
        self.env.flush_all()
        self.browser_js(
            f"{PAGE}#{secret}",
            """
            (async () => {
                const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
                const until = async (what, met) => {
                    for (let turn = 0; turn < 100 && !met(); turn++) await wait(100);
                    if (!met()) throw new Error(`never: ${what}`);
                };
                const size = () => document.querySelectorAll("*").length;
                const sample = await (await fetch("/helpdesk/wallboard/data", {
                    headers: {Authorization: `Bearer ${location.hash.slice(1)}`},
                })).json();
                const before = size();
                let count = 0;
                window.fetch = async () => {
                    count += 1;
                    const tiles = sample.tiles.map((tile) => tile.rows && tile.shape === "alerts"
                        ? {...tile, rows: count % 2 ? [{text: "Down", since: sample.now, tone: "bad"}] : []} : tile);
                    return new Response(JSON.stringify({...sample, tiles}));
                };
                for (let turn = 0; turn < 200; turn++) {
                    window.dispatchEvent(new Event("online"));
                    await wait(1);
                }
                await until("answers", () => count >= 200);
                await wait(50);
                if (size() > before + 5) throw new Error(`${before} elements became ${size()}`);
                const edge = document.documentElement;
                if (edge.scrollHeight > window.innerHeight || edge.scrollWidth > window.innerWidth) {
                    throw new Error("it does not fit the screen");
                }
                window.fetch = async () => { throw new TypeError("cut off"); };
                const now = Date.now;
                Date.now = () => now() + 60000;
                await until("old", () => !document.getElementById("stale").hidden);
                if (!/Figures of \\d\\d:\\d\\d/.test(document.getElementById("stale").textContent)) {
                    throw new Error(document.getElementById("stale").textContent);
                }
                Date.now = now;
                window.fetch = async () => new Response("{}", {status: 401});
                window.dispatchEvent(new Event("online"));
                await until("refused", () => !document.getElementById("cover").hidden);
                if (document.querySelector(".tile")) throw new Error("figures of a withdrawn link");
                console.log("test successful");
            })().catch((error) => console.error(String(error)));
            """,
            ready="document.querySelector('.tile') !== null",
        )
