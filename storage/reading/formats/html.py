"""Reads web pages: the paragraphs and tables of a document, or all visible text and the titles of a published page.

A document comes in the order of the page, without navigation and other boilerplate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree, html

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentPicture,
    expand_spans,
    split_paragraphs,
)
from storage.reading.formats.errors import read_error
from storage.reading.formats.file_bytes import decode_file

_SKIPPED_TAGS = {
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "footer",
    "select",
    "button",
    "svg",
    "head",
}
_INLINE_TAGS = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "q",
        "s",
        "o:p",
    ),
    *("small", "span", "strong", "sub", "sup", "u", "img", "input", "time", "wbr", "strike", "tt", "var"),
}
_BOILERPLATE = re.compile(
    r"^(?:发布时间|发布日期|发文日期|成文日期|来源|信息来源|浏览|点击|访问|字号|字体|打印|分享|索引号|作者|编辑|责任编辑"
    r"|审核|当前位置|您现在的位置|首页|上一[篇条]|下一[篇条]|扫一扫|版权所有|主办单位|承办单位|网站标识码|【|\[\s*[大打关])"
    r"|ICP备|公网安备"
)
_MAX_BOILERPLATE_LENGTH = (
    60  # characters: a boilerplate line is short; a paragraph that begins with 来源 is not
)
_SMALLEST_TABLE = 120  # pixels: a picture with a narrower width is an icon
_HIDDEN_TAGS = ("head", "script", "style", "noscript", "template", "textarea", "select")
_TITLE_META_NAMES = ("articletitle", "og:title")
"""The meta tags in which a page gives its title; the first is that of government websites
(国办发〔2017〕47号) [unconfirmed]."""
_HEADINGS = ("h1", "h2", "h3")
_MAX_SPAN = 63  # columns or rows one cell may claim: a page may write any number


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page's visible text, a line for each block, and its titles: meta tags, window title and headings."""

    words: str
    names: tuple[str, ...]


@isolated("name")
def read_html(content: bytes, name: str) -> Document:
    """Read the document in a web page. Raises Unreadable where there is no page in it."""
    text = decode_file(content, name)
    try:
        root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise read_error(name, "damaged") from error
    blocks = _PageWalker().read(root)
    shown = tuple(block for block in blocks if not _is_boilerplate(block))
    return Document(name=name, blocks=shown, title=_title_of(root))


def read_page(text: str) -> WebPage:
    """Read a page from its source; a page without content has empty ``words``."""
    try:
        root = html.document_fromstring(
            text.encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", no_network=True)
        )
    except etree.LxmlError:
        return WebPage(words="", names=())
    names = tuple(name for name in (" ".join(title.split()) for title in _titles(root)) if name)
    # Forms stay: some websites put every page inside one.
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, *_HIDDEN_TAGS, with_tail=False)
    return WebPage(words="".join(_visible_text(root)), names=names)


def _title_of(root: Any) -> str:
    """Return the title that the page's meta tags give it; websites of offices must have it (国办发〔2017〕47号)."""
    found = {
        str(meta.get("name", "")).lower(): str(meta.get("content", "")).strip() for meta in root.iter("meta")
    }
    return found.get("articletitle", "")


def _is_boilerplate(block: DocumentBlock) -> bool:
    return (
        isinstance(block, DocumentParagraph)
        and len(block.text) <= _MAX_BOILERPLATE_LENGTH
        and bool(_BOILERPLATE.search(block.text))
    )


def _tag(element: Any) -> str:
    return (
        element.tag.lower() if isinstance(element.tag, str) else "script"
    )  # comments are skipped like scripts


class _PageWalker:
    """Walks a page once and collects inline text until a block ends it."""

    def __init__(self) -> None:
        self.blocks: list[DocumentBlock] = []
        self.line: list[str] = []
        self.has_picture = False

    def read(self, root: Any) -> list[DocumentBlock]:
        """Return the blocks below an element."""
        self._walk(root)
        self._end()
        return self.blocks

    def _end(self) -> None:
        self.blocks += split_paragraphs("".join(self.line))
        self.blocks += [DocumentPicture()] if self.has_picture else []
        self.line, self.has_picture = [], False

    def _walk(self, element: Any) -> None:
        tag = _tag(element)
        if tag in _SKIPPED_TAGS or _is_hidden(element):
            return
        if tag == "br":
            self.line.append("\n")
        elif tag == "img":
            self.has_picture |= _may_hold_table(element)
        elif tag == "table":
            self._end()
            self.blocks += _table(element)
        else:
            self._enter(element, block=tag not in _INLINE_TAGS)

    def _enter(self, element: Any, *, block: bool) -> None:
        if block:
            self._end()
        self.line.append(_spaced(element.text))
        for child in element:
            self._walk(child)
            self.line.append(_spaced(child.tail))
        if block:
            self._end()


def _may_hold_table(picture: Any) -> bool:
    """Whether a picture is no icon, as far as the page says."""
    wide = str(picture.get("width", "")).removesuffix("px").strip()
    return not wide.isdecimal() or len(wide) > len("10000") or int(wide) >= _SMALLEST_TABLE


def _is_hidden(element: Any) -> bool:
    """Whether the page does not show an element."""
    style = (
        re.sub(r"\s", "", str(element.get("style", ""))[:400]).lower() if isinstance(element.tag, str) else ""
    )
    return "display:none" in style or "visibility:hidden" in style


def _spaced(text: str | None) -> str:
    """Return text as a browser shows it: a line break in the source is a space, none between Chinese characters."""
    joined = re.sub(r"(?<=[^\x00-\x7f])[ \t\r\f]*\n\s*(?=[^\x00-\x7f])", "", text or "")
    return re.sub(r"[ \t\r\n\f\xa0]+", " ", joined)


def _table(table: Any) -> Iterator[DocumentBlock]:
    """Yield a table; one that contains other tables only lays out the page, so its cells' blocks are yielded."""
    if table.find(".//table") is not None:
        for cell in table.iterchildren():
            yield from _PageWalker().read(cell)
        return
    for caption in table.findall("caption"):
        yield from _PageWalker().read(caption)
    rows = [[_cell(cell) for cell in row if _tag(cell) in {"td", "th"}] for row in table.iter("tr")]
    if any(rows):
        yield expand_spans(rows)
    if any(_may_hold_table(picture) for picture in table.iter("img")):
        yield DocumentPicture()


def _cell(cell: Any) -> tuple[str, int, int]:
    blocks = _PageWalker().read(cell)
    text = "\n".join(block.text for block in blocks if isinstance(block, DocumentParagraph))
    return text, _span(cell, "colspan"), _span(cell, "rowspan")


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1")).strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isdecimal() else 1


def _visible_text(root: Any) -> Iterator[str]:
    """Yield the text in order; a block begins and ends a line, a line break in the source does not."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag not in _INLINE_TAGS:
            yield "\n"
        yield " ".join(((element.text if event == "start" else element.tail) or "").split("\n"))


def _titles(root: Any) -> Iterator[str]:
    for meta in root.iter("meta"):
        called = str(meta.get("name") or meta.get("property") or "").strip().lower()
        if called in _TITLE_META_NAMES:
            yield str(meta.get("content") or "")
    for tag in ("title", *_HEADINGS):
        for element in root.iter(tag):
            yield str(element.text_content())
