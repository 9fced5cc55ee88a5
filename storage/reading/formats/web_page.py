"""Reads the visible text of a web page, and the titles it gives itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from storage.reading.formats.html import INLINE_TAGS

_HIDDEN_TAGS = ("head", "script", "style", "noscript", "template", "textarea", "select")
_TITLE_META_NAMES = ("articletitle", "og:title")
"""The meta tags in which a page gives its title; the first is that of government websites
(国办发〔2017〕47号) [unconfirmed]."""
_HEADINGS = ("h1", "h2", "h3")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page's visible text, a line for each block, and its titles: meta tags, window title and headings."""

    words: str
    names: tuple[str, ...]


def read_page(text: str) -> WebPage:
    """Read a page from its source; a page without content has empty ``words``."""
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser())
    except etree.LxmlError:
        return WebPage(words="", names=())
    names = tuple(name for name in map(_trimmed, _names(root)) if name)
    # Forms stay: some websites put every page inside one.
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, *_HIDDEN_TAGS, with_tail=False)
    return WebPage(words="".join(_words(root)), names=names)


def _parser() -> Any:
    return html.HTMLParser(encoding="utf-8", no_network=True)


def _words(root: Any) -> Iterator[str]:
    """Yield the text in order; a block begins and ends a line, a line break in the source does not."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in INLINE_TAGS:
            yield "\n"
        yield " ".join(((element.text if event == "start" else element.tail) or "").split("\n"))


def _names(root: Any) -> Iterator[str]:
    for meta in root.iter("meta"):
        called = str(meta.get("name") or meta.get("property") or "").strip().lower()
        if called in _TITLE_META_NAMES:
            yield str(meta.get("content") or "")
    for tag in ("title", *_HEADINGS):
        for element in root.iter(tag):
            yield str(element.text_content())


def _trimmed(name: str) -> str:
    return " ".join(name.split())
