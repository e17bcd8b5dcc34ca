"""The container files agree with the addons: no engine is needed to see what an image would lack."""

import ast
import re

import pytest
import yaml

from config.environment import addons, places

DOCKER = places.ROOT / "docker"


def test_the_image_gets_every_package_that_an_addon_names():
    text = (DOCKER / "Dockerfile").read_text()
    (packages,) = re.findall(r"--constraint \S+ \\\n\s+(.+?) \\\n", text)
    needed = set()
    for addon in addons.discover():
        manifest = ast.literal_eval((addon.folder / "__manifest__.py").read_text())
        needed.update(manifest.get("external_dependencies", {}).get("python", []))
    assert needed
    assert needed <= set(packages.split())


def compose(name):
    return yaml.safe_load((DOCKER / name).read_text())


@pytest.mark.parametrize("name", ["compose.yaml", "compose.production.yaml"])
def test_services_agree_with_one_another(name):
    """What a service names, another one, a volume, a network or a file is."""
    content = compose(name)
    for service, parts in content["services"].items():
        assert set(parts.get("depends_on", ())) <= set(content["services"]), service
        assert set(parts.get("networks", ())) <= set(content.get("networks", ())), service
        for volume in parts.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DOCKER / source).exists(), volume
            elif not source.startswith("$"):
                assert source in content["volumes"], volume
        if "build" in parts:
            assert (places.ROOT / parts["build"]["dockerfile"]).exists(), service


def test_production_has_two_of_everything_that_must_not_be_alone():
    services = compose("compose.production.yaml")["services"]
    for kind in ("odoo", "receiver", "database"):
        on = [profile for name in (f"{kind}1", f"{kind}2") for profile in services[name]["profiles"]]
        assert {"node1", "node2"} <= set(on)
    spools = {services[name]["volumes"][0].split(":")[0] for name in ("receiver1", "receiver2")}
    assert len(spools) == 2, "each receiver has a spool of its own"
    etcd = [services[f"etcd{number}"] for number in (1, 2, 3)]
    assert len({profile for one in etcd for profile in one["profiles"] if profile != "all"}) == 3


def test_settings_of_the_production_file_are_in_its_example():
    text = (DOCKER / "compose.production.yaml").read_text()
    example = (DOCKER / "production.env.example").read_text()
    wanted = set(re.findall(r"\$\{(\w+)", text))
    assert wanted == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_what_the_image_copies_is_there():
    for line in re.findall(r"^COPY (?!--)(.+)$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE):
        *sources, _target = line.split()
        assert [source for source in sources if not (places.ROOT / source).exists()] == []
