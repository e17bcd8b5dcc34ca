"""Databases on the real server: copies with their files, and what says that they are complete."""

import os
import uuid

import pytest

from config.environment import database, postgres
from config.environment.problem import Problem


@pytest.fixture(scope="module")
def server():
    with postgres.running() as running:
        yield running


@pytest.fixture
def name(server, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "FILESTORE", tmp_path)
    wanted = f"kemenkes_test_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    yield wanted
    for each in database.names(server, wanted):
        database.remove(server, each)


def test_a_copy_has_rows_and_files_but_no_comment(server, name):
    database.create(server, name)
    database.execute(server, name, "CREATE TABLE t AS SELECT 'Ä'::text AS v")
    database.set_comment(server, name, "it's finished")
    (database.FILESTORE / name / "ab").mkdir(parents=True)
    (database.FILESTORE / name / "ab" / "abc").write_text("file")
    database.copy(server, name, name + "_copy")
    assert database.rows(server, name + "_copy", "SELECT lower(v) FROM t") == [["ä"]]
    assert (database.FILESTORE / (name + "_copy") / "ab" / "abc").read_text() == "file"
    assert database.comment(server, name) == "it's finished"
    assert database.comment(server, name + "_copy") is None
    database.rename(server, name + "_copy", name + "_other")
    assert database.names(server, name) == [name, name + "_other"]
    assert (database.FILESTORE / (name + "_other") / "ab" / "abc").exists()
    database.remove(server, name + "_other")
    assert not (database.FILESTORE / (name + "_other")).exists()
    assert (database.FILESTORE / name / "ab" / "abc").exists()


def test_a_database_that_is_not_there_has_no_comment(server, name):
    assert database.comment(server, name) is None


def test_sql_error_is_one_line(server):
    with pytest.raises(Problem, match="syntax error"):
        database.rows(server, "postgres", "SELEKT 1")


def test_the_role_of_odoo_is_no_superuser(server):
    assert database.rows(
        server, "postgres", "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    ) == [["f", "t"]]


@pytest.mark.parametrize("url", ["mysql://a:b@c/d", "postgres:///x", "nonsense"])
def test_database_url_that_is_none(url):
    with pytest.raises(Problem, match="DATABASE_URL must look like"):
        postgres.external(url)


def test_database_url():
    server = postgres.external("postgres://user:p%40ss@db.example:6432/")
    assert server == postgres.Server("db.example", 6432, "user", "p@ss")
