"""The guides: Markdown files of this addon, made into pages. Knows nothing of Odoo."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

FOLDER = Path(__file__).resolve().parents[1] / "guides"
# A heading, and the comment below it that readers do not see: the section's anchor, which is the same in all languages,
# and the models whose screens the section explains.
HEADING = re.compile(r"^## (?P<title>.+)\n<!-- (?P<anchor>[a-z-]+):(?P<screens>[a-z. ]*)-->$", re.MULTILINE)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A task of a guide; ``screens`` are names of models."""

    title: str
    anchor: str
    screens: tuple


@dataclass(frozen=True)
class Guide:
    """A guide in one language; ``html`` is safe: the files may hold no HTML."""

    title: str
    sections: tuple
    html: str

    def section_of(self, screen):
        """The section that explains the screens of a model, or None."""
        return next((section for section in self.sections if screen in section.screens), None)


@cache
def read(name, language):
    """A guide; the files change with the program only.

    :param str language: ``id`` or ``en``
    """
    return parse((FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8"))


def parse(text):
    """A guide from its Markdown."""
    sections = tuple(
        Section(found["title"], found["anchor"], tuple(found["screens"].split())) for found in HEADING.finditer(text)
    )
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(HEADING.sub(r"## \g<title>", text))
    headings = (token for token in tokens if token.type == "heading_open" and token.tag == "h2")
    for token, section in zip(headings, sections, strict=True):
        token.attrSet("id", section.anchor)
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                child.attrSet("loading", "lazy")
    return Guide(TITLE.search(text)[1], sections, markdown.renderer.render(tokens, markdown.options, {}))
