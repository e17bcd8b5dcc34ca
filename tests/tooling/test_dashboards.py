"""The dashboards that ship are those that scripts/build_dashboards describes (R16.b)."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_dashboards"


def load():
    loader = SourceFileLoader("build_dashboards", str(SCRIPT))
    module = module_from_spec(spec_from_loader("build_dashboards", loader))
    loader.exec_module(module)
    return module


BUILD = load()


@pytest.mark.parametrize("name", BUILD.DASHBOARDS)
def test_file_is_what_is_described(name):
    assert (BUILD.FILES / f"{name}_dashboard.json").read_text() == BUILD.render(name)


@pytest.mark.parametrize("name", BUILD.DASHBOARDS)
def test_nothing_lies_on_anything_else(name):
    figures = BUILD.Builder(name, BUILD.DASHBOARDS[name]).build()["sheets"][0]["figures"]
    for number, one in enumerate(figures):
        assert one["offset"]["x"] + one["width"] <= BUILD.WIDTH + 1
        for other in figures[number + 1 :]:
            assert not overlap(one, other), (one["id"], other["id"])


def overlap(one, other):
    return all(
        one["offset"][axis] < other["offset"][axis] + other[side]
        and other["offset"][axis] < one["offset"][axis] + one[side]
        for axis, side in (("x", "width"), ("y", "height"))
    )
