"""Any bytes, and damaged real payloads: no provider raises, hangs, or loses an item in silence (R26.a, R25.a.1)."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strange import damaged, json_values

from providers import appstore, playstore, telegram, x
from providers.records import Account, Answer, Fault, Incoming, Pulled

SAMPLES = Path(__file__).parents[2] / "addons/kemenkes_channels/tests/samples"
FOLDERS = {x: "x_twitter", telegram: "telegram", playstore: "google_play", appstore: "app_store"}
MODULES = [pytest.param(module, id=module.__name__.rpartition(".")[2]) for module in FOLDERS]


def samples_of(module):
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((SAMPLES / FOLDERS[module]).glob("*.json"))]


def account_of(module):
    return Account(module.__name__.rpartition(".")[2], "1900000000000000001")


def check(module, raw):
    records = module.parse(account_of(module), raw)
    assert all(isinstance(record, Incoming) and record.key for record in records)
    for record in records:
        record.item_key.encode()  # no lone surrogates: PostgreSQL takes none
    answer = Answer(200, {}, raw)
    for what in getattr(module, "PULLS", {}):
        assert isinstance(module.read_pull(account_of(module), what, {}, answer), Pulled | Fault)
    for status in (0, 200, 400, 401, 403, 404, 409, 413, 429, 500):
        assert isinstance(module.read_fault(Answer(status, {}, raw)), Fault)


@pytest.mark.parametrize("module", MODULES)
def test_any_bytes(module):
    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=200))
    def run(raw):
        check(module, raw)

    run()


@pytest.mark.parametrize("module", MODULES)
def test_any_json(module):
    @settings(max_examples=60, deadline=None)
    @given(json_values)
    def run(payload):
        check(module, json.dumps(payload).encode())

    run()


@pytest.mark.parametrize("module", MODULES)
def test_damaged_samples(module):
    @settings(max_examples=100, deadline=None)
    @given(damaged(samples_of(module)))
    def run(payload):
        check(module, json.dumps(payload).encode())

    run()


@pytest.mark.parametrize("module", MODULES)
def test_endless_nesting(module):
    check(module, b"[" * 100_000)
    check(module, b'{"data":' * 50_000)


@pytest.mark.parametrize("module", [playstore, appstore], ids=["playstore", "appstore"])
def test_any_file_as_a_report(module):
    heading = ",".join(module.REPORT_COLUMNS).encode()

    @settings(max_examples=80, deadline=None)
    @given(st.binary(max_size=100), st.booleans(), st.sampled_from(["utf-8", "utf-16"]))
    def run(raw, has_heading, coding):
        text = heading.decode() + "\n" + raw.decode("latin-1")
        report = module.read_report(account_of(module), text.encode(coding) if has_heading else raw)
        assert report.reviews or report.problems or report.skipped or has_heading

    run()
