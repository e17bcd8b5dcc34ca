"""R12: the log-in to the database on the real server: it reads the documented views, and can do nothing else."""

import json
import subprocess
import threading
import time
import uuid
from types import SimpleNamespace

import psycopg2
import pytest
from psycopg2 import errors

from config.environment import database, odoo_command, places, postgres, snapshot
from config.environment.step import carry_out

SCRIPT = places.ROOT / "config" / "pusdatin_login.sql"
CONNECTION_LIMIT = 10
WORLD = places.ROOT / "tests" / "tooling" / "in_odoo_login.py"
FORBIDDEN = (
    "INSERT INTO pusdatin.tickets (id) VALUES (1)",
    "UPDATE pusdatin.categories SET code = 'x'",
    "DELETE FROM pusdatin.tickets",
    "TRUNCATE public.helpdesk_ticket",
    "SELECT * FROM public.helpdesk_ticket",
    "SELECT * FROM public.res_users",
    "SELECT * FROM public.helpdesk_database_login",
    "SELECT public.helpdesk_search_text('x')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "CREATE TABLE pusdatin.mine (id integer)",
    "CREATE TABLE public.mine (id integer)",
    "CREATE TEMP TABLE mine (id integer)",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "CREATE FUNCTION pusdatin.leak(text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE EXTENSION dblink",
    "DO $$ BEGIN EXECUTE 'CREATE TABLE public.mine (id integer)'; END $$",
    "SELECT * FROM pusdatin.tickets FOR UPDATE",
    "BEGIN; LOCK TABLE pusdatin.tickets IN EXCLUSIVE MODE",
    "SELECT pg_advisory_lock(1)",
    "SELECT pusdatin_admin.set_login('pusdatin_x', 'x', 1, 1, NULL)",
    "SELECT pusdatin_admin.drop_login('pusdatin_x')",
    "SET ROLE odoo",
    "SET SESSION AUTHORIZATION odoo",
    "SET log_statement = 'none'",
    "SET temp_file_limit = -1",
    "SELECT pg_reload_conf()",
    "ALTER ROLE CURRENT_USER CONNECTION LIMIT 50",
    "ALTER VIEW pusdatin.tickets SET (security_barrier = false)",
    "CREATE OR REPLACE VIEW pusdatin.tickets AS SELECT 1 AS id",
)


@pytest.fixture(scope="module")
def world():
    """A copy of the database with the addons in which the administrator has run the script, tickets and log-ins."""
    if postgres.external():
        pytest.skip("only the embedded server lets us be its superuser")
    with postgres.running() as server:
        carry_out([snapshot.base_step(server), snapshot.step(server)])
        name = f"kemenkes_test_login_{uuid.uuid4().hex[:6]}"
        database.copy(server, snapshot.name(), name)
        superuser = postgres.Server(server.host, server.port, postgres.SUPERUSER)
        command = [postgres.program("psql"), "-d", name, "-v", f"odoo_role={postgres.ROLE}", "-f", str(SCRIPT)]
        told, logins = places.STATE / f"{name}.json", {}
        try:
            for _time in range(2):
                subprocess.run(command, env=superuser.environment, check=True, capture_output=True)
            odoo_command.run_script(name, WORLD, "make log-ins to the database", {"TOLD": str(told)}.items())
            logins = json.loads(told.read_text())
            yield SimpleNamespace(name=name, server=server, logins=logins)
        finally:
            told.unlink(missing_ok=True)
            subprocess.run([postgres.program("dropdb"), "--force", name], env=superuser.environment, check=True)
            for login in logins.values():
                drop = [postgres.program("psql"), "-d", "postgres", "-c", f"DROP ROLE IF EXISTS {login['role']}"]
                subprocess.run(drop, env=superuser.environment, check=True, capture_output=True)


def connect(world, name="Metabase: Pusdatin!", user=None):
    return psycopg2.connect(
        host=world.server.host, port=world.server.port, dbname=world.name, user=user or world.logins[name]["role"]
    )


def ask(world, statement, **who):
    connection = connect(world, **who)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_what_is_refused(world, statement):
    connection = connect(world)
    connection.autocommit = True
    cursor = connection.cursor()
    # the time limits and the read-only transaction are the reader's to lift: rights must hold without them
    cursor.execute("SET default_transaction_read_only = off; SET statement_timeout = 0")
    with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
        cursor.execute(statement)
    connection.close()


def test_transactions_are_read_only_and_queries_logged(world):
    assert ask(world, "SHOW transaction_read_only") == [("on",)]
    assert ask(world, "SHOW log_statement") == [("all",)]
    assert ask(world, "SHOW search_path") == [("pusdatin",)]


def test_it_reads_its_products_and_masked_columns(world):
    ((name, email, subject, description),) = ask(
        world, "SELECT customer_name, customer_email, subject, description FROM tickets WHERE product = 'Mobile'"
    )
    assert (name, email) == ("S•••", "s•••")
    assert "3171234567890123" not in subject
    assert "•••" in subject
    assert "081234567890" not in description
    assert ask(world, "SELECT count(*) FROM tickets WHERE product = 'Rahasia'") == [(0,)]
    ((text,),) = ask(world, "SELECT text FROM messages")
    assert text == "Surel saya ••• & NIK •••"
    assert ask(world, "SELECT count(*) FROM tickets WHERE product = 'Rahasia'", name="Alles") == [(1,)]


def test_a_condition_does_not_see_what_is_masked(world):
    statement = "SELECT count(*) FROM tickets WHERE subject LIKE '%3171234567890123%' OR customer_email LIKE 'siti%'"
    assert ask(world, statement) == [(0,)]


def test_every_view_is_read_and_described(world):
    views = ask(world, "SELECT viewname FROM pg_views WHERE schemaname = 'pusdatin'")
    assert len(views) == 13
    for (view,) in views:
        ask(world, f"SELECT * FROM pusdatin.{view} LIMIT 5")
    assert ask(world, "SELECT col_description('pusdatin.tickets'::regclass, 1) IS NOT NULL") == [(True,)]
    undescribed = """
        SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
         WHERE relnamespace = 'pusdatin'::regnamespace AND col_description(attrelid, attnum) IS NULL
    """
    assert ask(world, undescribed) == []


def test_odoos_own_role_and_strangers_see_no_rows(world):
    assert ask(world, "SELECT count(*) FROM pusdatin.tickets", user=postgres.ROLE) == [(0,)]


def test_no_more_connections_than_allowed(world):
    # those that other tests have closed may still be on their way out
    connections = []
    try:
        with pytest.raises(psycopg2.OperationalError, match="too many connections"):
            connections.extend(connect(world) for _number in range(CONNECTION_LIMIT + 1))
    finally:
        for connection in connections:
            connection.close()


def test_long_queries_end(world):
    with pytest.raises(errors.QueryCanceled):
        ask(world, "SELECT pg_sleep(30)")


def test_a_reader_who_lifts_the_limit_is_cut_off(world):
    connection = connect(world)
    cursor = connection.cursor()
    cursor.execute("SET statement_timeout = 0")
    failures = []

    def stay():
        try:
            cursor.execute("SELECT pg_sleep(60)")
        except psycopg2.Error as error:
            failures.append(error)

    thread = threading.Thread(target=stay)
    thread.start()
    watch = f"SELECT ended FROM pusdatin_admin.watch_login('{world.logins['Metabase: Pusdatin!']['role']}', 0)"
    ended = 0
    for _attempt in range(100):
        ((ended,),) = ask(world, watch, user=postgres.ROLE)
        if ended:
            break
        time.sleep(0.1)
    thread.join(60)
    assert ended == 1
    assert isinstance(failures[0], psycopg2.OperationalError)


def test_what_is_revoked_is_gone(world):
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        connect(world, "Weg")


def test_the_password_is_kept_nowhere(world):
    login = world.logins["Alles"]
    ((verifier,),) = ask(
        world, f"SELECT rolpassword FROM pg_authid WHERE rolname = '{login['role']}'", user=postgres.SUPERUSER
    )
    assert verifier.startswith("SCRAM-SHA-256$")
    assert len(login["password"]) >= 32
    dump = subprocess.run(
        [postgres.program("pg_dump"), "--data-only", world.name],
        env=world.server.environment,
        check=True,
        capture_output=True,
    ).stdout
    assert b"Alles" in dump
    assert login["password"].encode() not in dump


@pytest.mark.parametrize(
    "call",
    [
        "set_login('odoo', 'SCRAM-SHA-256$4096:eA==$eA==:eA==', 1, 1, NULL)",
        "set_login('pusdatin_readers', 'SCRAM-SHA-256$4096:eA==$eA==:eA==', 1, 1, NULL)",
        "set_login('pusdatin_x; DROP ROLE odoo', 'SCRAM-SHA-256$4096:eA==$eA==:eA==', 1, 1, NULL)",
        "set_login('pusdatin_x', 'secret', 1, 1, NULL)",
        "set_login('pusdatin_x', 'SCRAM-SHA-256$4096:eA==$eA==:eA==', 999, 1, NULL)",
        "drop_login('odoo')",
        "drop_login('postgres')",
        "drop_login('pusdatin_readers')",
    ],
)
def test_odoos_role_makes_and_drops_nothing_else(world, call):
    with pytest.raises(errors.RaiseException):
        ask(world, f"SELECT pusdatin_admin.{call}", user=postgres.ROLE)
    with pytest.raises(errors.InsufficientPrivilege):
        ask(world, "CREATE ROLE pusdatin_mine", user=postgres.ROLE)
