import contextlib
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2.errors import InsufficientPrivilege

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.kemenkes_helpdesk.models.helpdesk_event import DIMENSIONS
from odoo.addons.kemenkes_helpdesk.tools import ledger

# Far above the ids of tickets that exist: the ledger has no foreign keys.
TICKET = 2_000_000_000


class LedgerCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Event = cls.env["helpdesk.event"]
        cls.site = cls.env["helpdesk.site"].create({"name": "Ledger site", "code": "ledger"})
        cls.team = cls.env["helpdesk.team"].create({"name": "Ledger team", "site_id": cls.site.id})

    def create_tickets(self, count=1):
        return self.env["helpdesk.ticket"].create([{"name": str(n), "team_id": self.team.id} for n in range(count)])

    def record(self, *ticket_ids, kind="note", **columns):
        rows = [
            {**dict.fromkeys(DIMENSIONS), "kind": kind, "ticket_id": ticket_id, **columns} for ticket_id in ticket_ids
        ]
        return self.Event._record(rows)

    @contextlib.contextmanager
    def tampering(self, table="helpdesk_event"):
        """What somebody with all rights on the database can do: switch the protection off."""
        self.env.cr.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
        self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        yield self.env.cr.execute
        self.env.cr.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestLedgerRecord(LedgerCase):
    def test_columns_default_and_given(self):
        """R27.b.2: a row tells what, when, on which ticket, in whose name and by whom."""
        event = self.Event.browse(
            self.record(TICKET, kind="linked", other_ticket_id=TICKET + 1, data={"count": 3, "state": "open"})
        )
        self.assertEqual(event.kind, "linked")
        self.assertEqual(event.date, self.env.cr.now())
        self.assertEqual(event.recorded_date, self.env.cr.now())
        self.assertEqual(event.user_id, self.env.user)
        self.assertEqual(event.real_user_id, self.env.user)
        self.assertEqual(event.other_ticket_id.id, TICKET + 1)
        self.assertEqual(event.data, {"count": 3, "state": "open"})

    def test_event_time_beside_recorded_time(self):
        """R27.b.2: the platform's time is kept beside the time of recording, in UTC."""
        given_date = datetime(2026, 3, 1, 8, 30, 0, 123456, tzinfo=timezone.utc)
        event = self.Event.browse(self.record(TICKET, date=given_date))
        self.assertEqual(event.date, datetime(2026, 3, 1, 8, 30, 0, 123456))
        self.assertEqual(event.recorded_date, self.env.cr.now())

    def test_dimensions_are_those_of_the_ticket_at_that_time(self):
        """R27.b.2: a row keeps the ticket's team, site, stage ... of its moment, whatever becomes of the ticket."""
        ticket = self.create_tickets()
        event = self.Event.browse(self.Event._record([{"kind": "note", "ticket_id": ticket.id}]))
        first_stage = ticket.stage_id
        self.assertEqual(event.team_id, self.team)
        self.assertEqual(event.site_id, self.site)
        self.assertEqual(event.stage_id, first_stage)
        self.assertEqual(event.stage_kind, "new")
        self.assertEqual(event.tier, int(ticket.tier))
        self.assertFalse(event.agent_id)
        ticket.write({"stage_id": self.env["helpdesk.stage"].search([("id", "!=", first_stage.id)], limit=1).id})
        self.env.invalidate_all()
        self.assertEqual(event.stage_id, first_stage)

    def test_rows_outlive_the_ticket(self):
        """R27.b.2: deleting a ticket leaves its rows, and they can still be listed."""
        ticket = self.create_tickets()
        ticket_id = ticket.id
        self.Event._record([{"kind": "note", "ticket_id": ticket_id}])
        ticket.unlink()
        found = self.Event.web_search_read([("ticket_id", "=", ticket_id)], {"kind": {}, "ticket_id": {"fields": {}}})
        self.assertIn("note", [row["kind"] for row in found["records"]])

    def test_batch_cost_is_fixed(self):
        """R27.b.2: three statements for any number of rows and chains, and one for what browsers are told."""
        self.record(TICKET)
        for tickets in ([TICKET], range(TICKET, TICKET + 300)):
            with self.assertQueryCount(4):
                self.record(*tickets)

    def test_dimensions_cost_one_read(self):
        """R27.b.2: filling the dimensions of many tickets is one query, and none when they are in the cache."""
        tickets = self.create_tickets(20)
        self.env.flush_all()
        rows = [{"kind": "note", "ticket_id": ticket.id} for ticket in tickets]
        with self.assertQueryCount(4):
            self.Event._record(rows)
        self.env.invalidate_all()
        with self.assertQueryCount(5):
            self.Event._record(rows)

    def test_effective_and_real_user(self):
        """R27.b.2: who acts in another's name stands in the row beside that name."""
        user = new_test_user(self.env, "ledger_other", groups="base.group_user")
        event = self.Event.browse(self.record(TICKET, user_id=user.id))
        self.assertEqual(event.user_id, user)
        self.assertEqual(event.real_user_id, self.env.user)
        own = self.Event.browse(self.Event.with_user(user).sudo()._record([{"kind": "exported"}]))
        self.assertEqual(own.user_id, user)
        self.assertEqual(own.chain, -user.id)

    def test_unknown_kind_and_column_refused(self):
        """R27.b.2: a slip of the pen does not become history."""
        with self.assertRaises(ValueError):
            self.record(TICKET, kind="no_such_kind")
        with self.assertRaises(ValueError):
            self.record(TICKET, colour=1)

    def test_no_personal_data(self):
        """R27.b.2: names, addresses, telephone numbers and NIK are refused, as text and as number."""
        for value in (
            "Budi Santoso",
            "a@b.id",
            "081234567",
            "0812-3456",
            6281234567890,
            3171234567890001,
            float("nan"),
        ):
            with self.subTest(value=value), self.assertRaises(ValueError):
                self.record(TICKET, data={"value": value})
        with self.assertRaises(ValueError):
            self.record(TICKET, data={"Budi Santoso": 1})

    def test_readers_are_told_in_the_transaction(self):
        """R27.b.2: a registered reader gets each batch once, as plain dicts."""
        told = []
        reader = type(self.env["helpdesk.tag"])
        self.startPatcher(patch.object(reader, "_read_events", lambda model, events: told.append(events), create=True))
        self.startPatcher(patch.object(type(self.Event), "_readers", lambda model: ["helpdesk.tag"]))
        ids = self.record(TICKET, TICKET + 1, data={"n": 1})
        self.assertEqual([[event["id"] for event in events] for events in told], [ids])
        self.assertEqual(told[0][0]["kind"], "note")
        self.assertEqual(told[0][0]["data"], {"n": 1})
        self.assertNotIn("hash", told[0][0])


@tagged("post_install", "-at_install")
class TestLedgerAppendOnly(LedgerCase):
    def test_orm_refuses(self):
        """R27.b.2: nobody writes through the ORM, the superuser included."""
        event = self.Event.browse(self.record(TICKET))
        with self.assertRaises(UserError):
            self.Event.create({"kind": "note"})
        with self.assertRaises(UserError):
            event.write({"kind": "solved"})
        with self.assertRaises(UserError):
            event.unlink()

    def test_database_refuses(self):
        """R27.b.2: UPDATE, DELETE and TRUNCATE fail for Odoo's own role, on the ledger and on the seals."""
        self.record(TICKET)
        for statement in (
            "UPDATE helpdesk_event SET kind = 'solved'",
            "DELETE FROM helpdesk_event",
            "TRUNCATE helpdesk_event",
            "DELETE FROM helpdesk_event_head",
            "TRUNCATE helpdesk_event_head",
            "UPDATE helpdesk_event_seal SET digest = ''",
            "DELETE FROM helpdesk_event_seal",
            "TRUNCATE helpdesk_event_seal",
        ):
            with (
                self.subTest(statement=statement),
                mute_logger("odoo.sql_db"),
                self.assertRaises(InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)

    def test_trigger_stands_where_rights_do_not(self):
        """R27.b.2: the trigger refuses too when somebody gave the rights back, also in replication mode."""
        self.record(TICKET)
        self.env.cr.execute("GRANT ALL ON helpdesk_event TO CURRENT_USER")
        # only a superuser may enter replication mode, and where the product is tested the Odoo role is none
        self.env.cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if self.env.cr.fetchone()[0]:
            self.env.cr.execute("SET LOCAL session_replication_role = replica")
        with mute_logger("odoo.sql_db"), self.assertRaises(InsufficientPrivilege), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM helpdesk_event")

    def test_protection_returns_with_an_update(self):
        """R27.b.2: a trigger that was dropped is made again when the module is updated."""
        self.env.cr.execute("DROP TRIGGER helpdesk_event_append_only ON helpdesk_event")
        self.env.cr.execute("GRANT ALL ON helpdesk_event TO CURRENT_USER")
        self.Event.init()
        with mute_logger("odoo.sql_db"), self.assertRaises(InsufficientPrivilege), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM helpdesk_event")

    def test_who_may_read(self):
        """R27.b.2: supervisors read the log, agents do not; a supervisor sees no rows of another product."""
        product = self.env["helpdesk.product"].create({"name": "Foreign", "code": "foreign"})
        ids = self.record(TICKET, site_id=self.site.id)
        ids += self.record(TICKET, site_id=self.site.id, product_id=product.id)
        agent = new_test_user(self.env, "ledger_agent", groups="kemenkes_helpdesk.group_agent")
        supervisor = new_test_user(self.env, "ledger_supervisor", groups="kemenkes_helpdesk.group_supervisor")
        supervisor.helpdesk_site_ids = self.site
        manager = new_test_user(self.env, "ledger_manager", groups="kemenkes_helpdesk.group_operation_manager")
        # whether somebody has signed what an addon asks for is that addon's test
        self.patch(self.registry["res.users"], "_is_admitted", lambda user: True)
        with self.assertRaises(AccessError):
            self.Event.with_user(agent).search([])
        with self.assertRaises(AccessError):
            self.Event.with_user(agent).verify()
        self.assertEqual(self.Event.with_user(supervisor).search([("id", "in", ids)]).ids, ids[:1])
        self.assertEqual(set(self.Event.with_user(manager).search([("id", "in", ids)]).ids), set(ids))

    def test_missing_guards_are_told(self):
        """R27.b.2: Odoo's role owns the tables here; a trigger it drops or empties, a right it takes, shows."""
        events = self.env["helpdesk.event"]
        self.assertEqual({row["problem"] for row in events.find_unguarded()}, {"owner"})
        for statement, expected in (
            ("DROP TRIGGER helpdesk_event_append_only ON helpdesk_event", {("helpdesk_event", "trigger")}),
            (
                "ALTER TABLE helpdesk_event_seal DISABLE TRIGGER helpdesk_event_seal_append_only",
                {("helpdesk_event_seal", "trigger")},
            ),
            ("GRANT DELETE ON helpdesk_event_head TO CURRENT_USER", {("helpdesk_event_head", "rights")}),
            (
                """CREATE OR REPLACE FUNCTION helpdesk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
                   'BEGIN RETURN NULL; RAISE EXCEPTION ''no''; END'""",
                {(f"helpdesk_event{name}", "trigger") for name in ("", "_head", "_seal")},
            ),
        ):
            with self.subTest(statement), contextlib.closing(self.env.cr.savepoint(flush=False)):
                self.env.cr.execute(statement)
                found = {(row["table"], row["problem"]) for row in events.find_unguarded()}
                self.assertEqual({row for row in found if row[1] != "owner"}, expected)
                check = self.env["helpdesk.event.check"].create({})
                check.action_check()
                self.assertEqual(check.state, "broken")
                self.assertIn(next(iter(expected))[0], check.result)


@tagged("post_install", "-at_install")
class TestLedgerVerify(LedgerCase):
    def setUp(self):
        super().setUp()
        self.ids = [self.record(TICKET, TICKET + 1)[0] for _number in range(5)]

    def problems(self):
        return {problem["id"]: problem["problem"] for problem in self.Event._find_broken([("ticket_id", ">=", TICKET)])}

    def test_whole(self):
        """R27.b.2: an untouched ledger verifies, as a whole and in parts."""
        self.assertEqual(self.Event.verify(), [])
        self.assertEqual(self.Event.verify([("ticket_id", "=", TICKET)]), [])

    def test_changed_row(self):
        """R27.b.2: each single column, changed behind Odoo's back, makes the check name exactly that row."""
        changes = {
            "kind": "'solved'",
            "date": "date + interval '1 microsecond'",
            "user_id": "user_id + 1",
            "real_user_id": "real_user_id + 1",
            "team_id": "1",
            "stage_kind": "''",
            "data": "'{}'",
            "xact": "xact - 1",
            "tier": "0",
        }
        for column, value in changes.items():
            with self.subTest(column=column), self.rolled_back():
                with self.tampering() as execute:
                    execute(f"UPDATE helpdesk_event SET {column} = {value} WHERE id = %s", [self.ids[2]])
                self.assertEqual(self.problems(), {self.ids[2]: "changed"})
                self.assertEqual(self.Event.verify(), [self.ids[2]])

    def test_changed_row_with_new_hash(self):
        """R27.b.2: who also computes the row's hash anew is told by the row after it."""
        with self.tampering() as execute:
            execute("UPDATE helpdesk_event SET kind = 'solved' WHERE id = %s", [self.ids[2]])
            sql = ledger.canonical_sql("helpdesk_event")
            execute(f"UPDATE helpdesk_event SET hash = sha256({sql}) WHERE id = %s", [self.ids[2]])
        self.assertEqual(self.problems(), {self.ids[3]: "gap"})

    def test_deleted_in_the_middle(self):
        """R27.b.2: a hole is told by the row after it."""
        with self.tampering() as execute:
            execute("DELETE FROM helpdesk_event WHERE id = %s", [self.ids[2]])
        self.assertEqual(self.problems(), {self.ids[3]: "gap"})

    def test_deleted_first(self):
        """R27.b.2: a chain without its beginning is told."""
        with self.tampering() as execute:
            execute("DELETE FROM helpdesk_event WHERE id = %s", [self.ids[0]])
        self.assertEqual(self.problems(), {self.ids[1]: "gap"})

    def test_deleted_at_the_end(self):
        """R27.b.2: the missing newest row is named, though nothing follows it."""
        with self.tampering() as execute:
            execute("DELETE FROM helpdesk_event WHERE id = %s", [self.ids[-1]])
        self.assertEqual(self.problems(), {self.ids[-1]: "missing"})

    def test_forged_row(self):
        """R27.b.2: a row put at the end of a chain with a perfect hash is named."""
        self.env.cr.execute("SELECT * FROM helpdesk_event WHERE id = %s", [self.ids[-1]])
        row = self.env.cr.dictfetchone()
        row.update(id=self.ids[-1] + 1000, sequence=row["sequence"] + 1, previous_hash=bytes(row["hash"]))
        row["hash"] = ledger.row_hash(row)
        self.env.cr.execute(f"INSERT INTO helpdesk_event ({', '.join(row)}) VALUES %s", [tuple(row.values())])
        self.assertEqual(self.problems(), {row["id"]: "forged"})

    def test_swapped_rows(self):
        """R27.b.2: two rows that changed places are both named."""
        first, second = self.ids[1:3]
        with self.tampering() as execute:
            execute("UPDATE helpdesk_event SET sequence = -sequence WHERE id IN %s", [(first, second)])
            execute("UPDATE helpdesk_event SET sequence = 5 + sequence WHERE id IN %s", [(first, second)])
        self.assertLessEqual({first, second}, self.problems().keys())

    def test_head_moved(self):
        """R27.b.2: a chain whose end was cut off together with its bookkeeping breaks at the next row."""
        with self.tampering() as execute:
            execute("DELETE FROM helpdesk_event WHERE id = %s", [self.ids[-1]])
            execute("UPDATE helpdesk_event_head SET sequence = sequence - 1 WHERE chain = %s", [TICKET])
        self.assertEqual(self.problems(), {self.ids[-1]: "missing"})

    def test_limit_gives_the_first(self):
        """R27.b.2: with a limit the first broken row comes first."""
        with self.tampering() as execute:
            execute("UPDATE helpdesk_event SET team_id = 7 WHERE id IN %s", [tuple(self.ids[1:4])])
        self.assertEqual(self.Event.verify(limit=1), [self.ids[1]])

    @contextlib.contextmanager
    def rolled_back(self):
        savepoint = self.env.cr.savepoint()
        yield
        savepoint.close(rollback=True)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestLedgerSeal(LedgerCase):
    def setUp(self):
        super().setUp()
        self.Seal = self.env["helpdesk.event.seal"]
        # everything of a test stands in one unfinished transaction: let it count as finished
        self.settle()
        self.now = self.env.cr.now()
        self.Seal._cron_seal()
        self.ids = self.record(TICKET, TICKET + 1, TICKET)
        self.at(self.now + timedelta(days=2))
        self.Seal._cron_seal()

    def settle(self):
        self.startPatcher(patch.object(type(self.Event), "_settled_xact", lambda model: 2**62))

    def at(self, now):
        self.startPatcher(patch("odoo.sql_db.BaseCursor.now", return_value=now))

    def test_days_are_sealed_once(self):
        """R27.b.2: each day that is over has one seal, days without rows too, today has none."""
        days = self.Seal.search([]).sorted("day").mapped("day")
        self.assertEqual(days[-1], (self.now + timedelta(days=1)).date())
        self.assertEqual(days, [days[0] + timedelta(days=number) for number in range(len(days))])
        self.Seal._cron_seal()
        self.assertEqual(self.Seal.search_count([]), len(days))
        sealed = self.Seal.search([("day", "=", self.now.date())])
        self.assertGreaterEqual(sealed.event_count, 3)
        self.assertEqual(sealed.last_id, self.ids[-1])
        self.assertFalse(self.Seal.search([("day", "=", days[-1])]).event_count)
        self.assertEqual(self.Seal._verify_seals(), [])

    def test_whole_chain_removed(self):
        """R27.b.2: a ticket's whole chain, taken away with its bookkeeping, is missed by the day's seal."""
        with self.tampering() as execute, self.tampering("helpdesk_event_head"):
            execute("DELETE FROM helpdesk_event WHERE ticket_id = %s", [TICKET + 1])
            execute("DELETE FROM helpdesk_event_head WHERE chain = %s", [TICKET + 1])
        self.assertEqual(self.Event.verify([("ticket_id", ">=", TICKET)]), [])
        self.assertEqual(self.Seal._verify_seals(), [self.now.date()])

    def test_seal_changed(self):
        """R27.b.2: a changed seal is named; one that was computed anew breaks the day after."""
        seal = self.Seal.search([("day", "=", self.now.date())])
        with self.tampering("helpdesk_event_seal") as execute:
            execute("UPDATE helpdesk_event_seal SET event_count = event_count + 1 WHERE id = %s", [seal.id])
        self.assertEqual(self.Seal._verify_seals(), [self.now.date()])
        with self.tampering("helpdesk_event_seal") as execute:
            execute("DELETE FROM helpdesk_event_seal WHERE id = %s", [seal.id])
        self.assertEqual(self.Seal._verify_seals(), [(self.now + timedelta(days=1)).date()])

    def test_orm_refuses(self):
        """R27.b.2: seals are no one's to write."""
        seal = self.Seal.search([], limit=1)
        with self.assertRaises(UserError):
            self.Seal.create({"day": "2020-01-01"})
        with self.assertRaises(UserError):
            seal.write({"digest": "x"})
        with self.assertRaises(UserError):
            seal.unlink()


CODES = st.from_regex(r"[A-Za-z_.][A-Za-z_.0-9]{0,2}[A-Za-z_.]{0,20}", fullmatch=True)
SCALARS = st.none() | st.booleans() | CODES | st.integers(-(2**31) + 1, 2**31 - 1) | st.floats(-1e9, 1e9)
DATA = st.dictionaries(
    CODES, st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(CODES, inner), max_leaves=8)
)
INTS = st.none() | st.integers(1, 2**31 - 1)
COLUMNS = st.fixed_dictionaries({name: INTS for name in DIMENSIONS if name not in ("tier", "stage_kind")})


def is_storable(data):
    """Whether the ledger takes ``data``: the strategy nests a little deeper than the ledger allows."""
    try:
        ledger.check_data(data)
    except ValueError:
        return False
    return True


@tagged("post_install", "-at_install")
class TestLedgerCanonicalForm(LedgerCase):
    def test_python_and_sql_write_the_same_bytes(self):
        """R27.b.2: for any row the hash of Python equals the hash of PostgreSQL, so the check has no false alarm."""

        @settings(max_examples=150, deadline=None)
        @given(
            DATA.filter(is_storable),
            COLUMNS,
            st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),
            st.integers(0, 9),
        )
        def same(data, columns, date, tier):
            self.record(TICKET, data=data, date=date, tier=tier, **columns)

        same()
        self.assertEqual(self.Event.verify([("ticket_id", "=", TICKET)]), [])
        self.assertGreater(self.Event.search_count([("ticket_id", "=", TICKET)]), 50)

    def test_format_is_fixed(self):
        """R27.b.2: the bytes of a known row never change, or old ledgers could not be checked any more."""
        row = {
            **dict.fromkeys(ledger.COLUMNS),
            "id": 7,
            "xact": 1001,
            "chain": 5,
            "sequence": 1,
            "kind": "note",
            "date": datetime(2026, 1, 2, 3, 4, 5, 6),
            "recorded_date": datetime(2026, 1, 2, 3, 4, 6),
            "user_id": 2,
            "real_user_id": 2,
            "ticket_id": 5,
            "data": {"count": 2, "old": False, "by": [1, 0.5]},
        }
        lines = ["helpdesk.event/1", "7", "1001", "5", "1", "=note", "2026-01-02T03:04:05.000006"]
        lines += ["2026-01-02T03:04:06.000000", "2", "2", "", "5", *[""] * 11]
        lines += ['{"by": [1, 0.5], "old": false, "count": 2}', ""]
        self.assertEqual(ledger.canonical(row).decode().split("\n"), lines)
