"""config/ledger_owner.sql on the real server: Odoo's role adds rows to the ledger, and can do nothing else to it."""

import subprocess
import uuid

import psycopg2
import pytest

from config.environment import database, odoo_command, places, postgres, snapshot
from config.environment.step import carry_out

SCRIPT = places.ROOT / "config" / "ledger_owner.sql"
FORBIDDEN = (
    "UPDATE helpdesk_event SET kind = 'x'",
    "DELETE FROM helpdesk_event",
    "TRUNCATE helpdesk_event",
    "DROP TABLE helpdesk_event",
    "DROP TRIGGER helpdesk_event_append_only ON helpdesk_event",
    "ALTER TABLE helpdesk_event DISABLE TRIGGER ALL",
    "ALTER TABLE helpdesk_event OWNER TO odoo",
    "GRANT DELETE ON helpdesk_event TO odoo; DELETE FROM helpdesk_event",
    "CREATE OR REPLACE FUNCTION helpdesk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DELETE FROM helpdesk_event_head",
    "DELETE FROM helpdesk_event_seal",
    "DROP SCHEMA public CASCADE",
    "SET ROLE helpdesk_ledger",
)


@pytest.fixture(scope="module")
def name():
    """A copy of the database with the addons, its ledger handed over; removed in the end."""
    if postgres.external():
        pytest.skip("only the embedded server lets us be its superuser")
    with postgres.running() as server:
        carry_out([snapshot.base_step(server), snapshot.step(server)])
        wanted = f"kemenkes_test_ledger_{uuid.uuid4().hex[:6]}"
        database.copy(server, snapshot.name(), wanted)
        superuser = postgres.Server(server.host, server.port, postgres.SUPERUSER)
        command = [postgres.program("psql"), "-d", wanted, "-v", f"odoo_role={postgres.ROLE}", "-f", str(SCRIPT)]
        try:
            for _time in range(2):
                subprocess.run(command, env=superuser.environment, check=True, capture_output=True)
            yield wanted
        finally:
            subprocess.run([postgres.program("dropdb"), "--force", wanted], env=superuser.environment, check=True)


@pytest.fixture
def cursor(name):
    with postgres.running() as server:
        connection = psycopg2.connect(host=server.host, port=server.port, user=server.user, dbname=name)
        connection.autocommit = True
        yield connection.cursor()
        connection.close()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_odoos_role_is_refused(cursor, statement):
    with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.DependentObjectsStillExist)):
        cursor.execute(statement)


def test_odoos_role_adds_rows(cursor):
    cursor.execute("""
        INSERT INTO helpdesk_event (id, xact, chain, date, recorded_date, sequence, user_id, real_user_id, kind, hash)
        SELECT nextval('helpdesk_event_id_seq'), 1, -9999, now(), now(), 1, 1, 1, 'viewed', ''
    """)
    cursor.execute("INSERT INTO helpdesk_event_head VALUES (-9999, 1) RETURNING chain")
    cursor.execute("UPDATE helpdesk_event_head SET sequence = 2 WHERE chain = -9999")
    cursor.execute("UPDATE helpdesk_event_epoch SET shift = shift")
    assert cursor.rowcount == 1
    cursor.execute("CREATE TABLE odoo_still_makes_tables (id integer)")


def test_an_update_leaves_the_ledger_alone(name):
    """Odoo, which can't change the tables, does not try to."""
    odoo_command.change_modules(name, "update-ledger", "-u", "kemenkes_helpdesk")
