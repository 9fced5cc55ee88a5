"""Shows an attachment in the page: its words, and a .pdf as it looks, so that nobody needs a program to look into it.

A page of a .pdf is drawn in the child process that reads foreign files; what the browser gets is our own picture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby, islice

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.services.letters.case_letters import day_of_letter
from config.declarations.keys import DELIVERED_STEP
from config.errors import GongkaiError, Unreadable
from storage.events.case import Case
from storage.proofread.passages import AttachmentLine

PDF_HEAD = b"%PDF-"
CELL_SEPARATOR = " │ "
MAX_SHOWN_LINES = 2000  # of one file on a page; the file itself is beside it
SHOWN_PARTS = frozenset({"enclosed", "row", "line", "cell", "footnotes", "endnotes"})
"""The parts of a file that whoever opens it reads; the checks read the others too (headers, what is hidden)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file that is shown in the page: what it holds, and where it lies."""

    name: str
    content: bytes
    path: str
    """The address at which it is taken as a download; its words and pages lie below."""
    back: str
    """The address of the page that it belongs to."""
    title: str
    """What that page is called."""

    @property
    def picture(self) -> str:
        """The address of the file as a picture; empty where it is shown by its pages or words."""
        return ""


def show_file(page: PageRequest, file: ShownFile) -> Response:
    """The page of a file: the pages of a .pdf as they look, and its words."""
    return page.render(
        "file_text.html",
        file=file,
        pages=_page_count(file),
        lines=file_lines(file.name, file.content),
    )


def show_file_page(page: PageRequest, file: ShownFile) -> Response:
    """One page of a .pdf as a picture. NoSuchPage where it has no such page, or cannot be drawn."""
    number = page.path_number("page")
    if not 1 <= number <= _page_count(file):
        raise NoSuchPage
    from storage.reading.other_formats.pdf import draw_page  # noqa: PLC0415

    try:
        return Response(draw_page(file.content, file.name, number), media_type="image/jpeg")
    except Unreadable as refused:
        raise NoSuchPage from refused


def _page_count(file: ShownFile) -> int:
    """How many pages of a .pdf can be drawn; 0 of any other file, or where the readers are not installed."""
    if not file.content.startswith(PDF_HEAD):
        return 0
    try:
        from storage.reading.other_formats.pdf import count_pages  # noqa: PLC0415

        return count_pages(file.content, file.name)
    except (Unreadable, ImportError):
        return 0


def file_lines(name: str, content: bytes) -> Sequence[str]:
    """The lines of a file in their order; none where its kind cannot be read as text."""
    # The readers cost a third of a second, which only whoever looks into a file pays.
    from storage.reading.texts.attachments import AttachmentFile, read_attachment  # noqa: PLC0415

    found = read_attachment(AttachmentFile(name=name, sha256=sha256(content).hexdigest(), content=content))
    if found.lines is None:
        return list(islice(_document_lines(name, content), MAX_SHOWN_LINES))
    return list(islice(_shown(found.lines), MAX_SHOWN_LINES))


def letter_day_warning(page: PageRequest, case: Case, lines: Sequence[str], *, signed: bool) -> str:
    """The sentence about an answer, not sent yet, whose date is not the day on which it would be sent; else empty.

    While it is being signed, only a date that is over is told.
    """
    dated, today = day_of_letter(lines), page.app.today
    if dated is None or case.last_step(DELIVERED_STEP) or not (dated < today or (signed and dated > today)):
        return ""
    return page.say("write_answer.dated", dated=page.labels.day(dated), today=page.labels.day(today))


def _shown(lines: Sequence[AttachmentLine]) -> Iterator[str]:
    """The lines that a reader of the file sees; the cells of one row of a table stand in one line."""
    seen = (line for line in lines if line.part in SHOWN_PARTS and line.text.strip())
    for place, alike in groupby(seen, key=_place):
        if place is None:
            yield from (line.text for line in alike)
        else:
            yield CELL_SEPARATOR.join(line.text for line in alike)


def _place(line: AttachmentLine) -> tuple[str, ...] | None:
    """The table and row of a cell; None for a line of its own."""
    return tuple(line.where.values()) if line.part == "row" else None


def _document_lines(name: str, content: bytes) -> Iterator[str]:
    """The lines of a kind that only the readers of reports know, such as PDF and older office files."""
    from storage.reading.formats.document import DocumentParagraph, DocumentTable  # noqa: PLC0415
    from storage.reading.formats.format_detection import kind_of  # noqa: PLC0415
    from storage.reading.report.reader import read_document  # noqa: PLC0415

    try:
        blocks = read_document(kind_of(content, name), content, name).blocks
    except GongkaiError:
        return  # a picture, an archive, a damaged file: the page says that it cannot be shown
    for block in blocks:
        if isinstance(block, DocumentParagraph):
            yield block.text
        elif isinstance(block, DocumentTable):
            yield from (" ".join(filter(None, row)) for row in block.cells)
