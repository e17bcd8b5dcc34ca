"""R13, R17: alert rules, dashboard and runbooks agree with the figures that the product gives."""

import importlib.util
import json
import re
import shutil
import subprocess

import pytest
import yaml
from receiver import metrics as receiver_metrics

from config.environment import places

FOLDER = places.CONFIG / "observability"
RUNBOOKS = places.ROOT / "docs" / "runbooks"
# Each page tells the same to who is on duty (Indonesian) and to who supports them.
SECTIONS = ("## Artinya", "## Yang dilakukan", "## Meaning", "## What to do")


def load(name):
    """A module of the addon, which needs no Odoo."""
    path = places.ADDONS / "kemenkes_operations" / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks = load("checks")


def known():
    """Every figure there is."""
    names = {f"helpdesk_{check.name}" for check in checks.CHECKS}
    names |= {f"helpdesk_{name}_total" for name in checks.COUNTERS} | {"helpdesk_check_state", "helpdesk_up"}
    names |= {f"{receiver_metrics.PREFIX}{name}_total" for name in receiver_metrics.COUNTERS}
    return names | {receiver_metrics.PREFIX + name for name in receiver_metrics.GAUGES}


def rules():
    content = yaml.safe_load((FOLDER / "alerts.yaml").read_text())
    return [rule for group in content["groups"] for rule in group["rules"]]


def named(expression):
    return set(re.findall(r"helpdesk_\w+", re.sub(r'"[^"]*"', "", expression)))


def test_alerts_are_about_figures_that_exist():
    for rule in rules():
        assert named(rule["expr"]) <= known(), rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]


def test_the_dashboard_shows_figures_that_exist():
    dashboard = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    shown = set().union(*map(named, expressions))
    assert shown <= known()
    assert {"helpdesk_check_state", "helpdesk_inbox_waiting", "helpdesk_receiver_spool_batches"} <= shown
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_every_alert_has_a_runbook():
    wanted = {f"{check.name}.md" for check in checks.CHECKS}
    wanted |= {
        rule["annotations"]["runbook"].rsplit("/", 1)[1]
        for rule in rules()
        if "{{" not in rule["annotations"]["runbook"]
    }
    found = {path.name for path in RUNBOOKS.glob("*.md")} - {"README.md"}
    assert found == wanted
    listed = (RUNBOOKS / "README.md").read_text()
    for name in wanted:
        text = (RUNBOOKS / name).read_text()
        assert [section for section in SECTIONS if section not in text] == [], name
        assert f"({name})" in listed


@pytest.mark.skipif(not shutil.which("promtool"), reason="Prometheus is not installed")
@pytest.mark.parametrize("words", [("rules", "alerts.yaml"), ("config", "--syntax-only", "prometheus.yaml")])
def test_prometheus_accepts_the_files(words):
    command = ["promtool", "check", *words]
    result = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
