"""Tests of the providers without Odoo: the package is imported from its folder."""

import json
import sys
from pathlib import Path

import pytest

ADDON = Path(__file__).parents[2] / "addons/kemenkes_channels"
sys.path.insert(0, str(ADDON))


@pytest.fixture
def sample():
    """Reads a sample payload: ``sample("telegram/my_chat_member_blocked")``."""
    return lambda name: json.loads((ADDON / "tests/samples" / f"{name}.json").read_text(encoding="utf-8"))
