"""The container files agree with the addons: no engine is needed to see what an image would lack."""

import ast
import re

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


def test_what_the_image_copies_is_there():
    for line in re.findall(r"^COPY (?!--)(.+)$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE):
        *sources, _target = line.split()
        assert [source for source in sources if not (places.ROOT / source).exists()] == []
