"""Takes a catalogue over into the office's document: the shipped one, or the office's own from a workbook.

Each matter becomes a row ``[[matter]]`` of the document, with everything it says: from then on the office is its
author. Rows with the same ``id`` are replaced; what the document has besides stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from config import shipped_data
from config.declarations.annual_dates import UNITS
from config.declarations.disclosure_topics import SUBJECTS
from config.errors import BadInput, Refusal
from config.findings import Finding
from config.office.document import edit_rows
from config.office.model import Office
from config.reporting.matters import CHANNELS, Matter, office_rows, read_matters
from storage.reading.formats.document import DocumentTable
from storage.reading.formats.xlsx import read_xlsx
from storage.register_import.vocabulary import ColumnVocabulary, VocabularyTerm, fold_word

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "subject": ("类别", "公开类别", "条例类别", "一级事项"),
    "name": ("事项", "公开事项", "事项名称", "二级事项"),
    "what": ("公开内容", "内容", "公开内容（要素）"),
    "article": ("依据", "公开依据"),
    "days": ("公开时限", "时限", "期限"),
    "owner": ("负责人", "责任岗位", "公开主体", "责任单位"),
    "channel": ("公开渠道", "公开渠道和载体", "渠道"),
    "posted": ("公示天数", "公示工作日数"),
    "fed": ("公开周期", "更新周期"),
}
"""What a column of a catalogue may be called; spaces and brackets make no difference."""
REQUIRED = ("subject", "name")


class CatalogueUnread(Refusal):
    """{file} has no columns 类别 and 事项. Use the template: gongkai catalogue template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """One row of a workbook: its line, and its cells by column."""

    line: int
    values: Mapping[str, str]


def shipped_matters(day: date) -> tuple[Matter, ...]:
    """The shipped matters that hold on a day."""
    return read_matters(shipped_data.load_catalogue(), day)


def with_matters(document: str, matters: Sequence[Matter], owner: str) -> str:
    """The document with these matters; ``owner`` is the person of those that name none."""
    return edit_rows(document, "matter", {row["id"]: row for row in office_rows(matters, owner)})


def post_ids(office: Office) -> dict[str, str]:
    """The ids of the office's people by their post."""
    return {person.post: person.id for person in office.people}


def read_catalogue(content: bytes, file: str, posts: Mapping[str, str]) -> tuple[Matter, ...]:
    """The matters of a workbook. CatalogueUnread; BadInput names each cell that cannot be read, with its line.

    ``posts`` are the ids of the office's people by their post.
    """
    for block in read_xlsx(content, file).blocks:
        rows = block.rows if isinstance(block, DocumentTable) else ()
        for at, cells in enumerate(rows):
            found = _columns(cells)
            if all(found[key] is not None for key in REQUIRED):
                return _matters(_rows(rows, at, found), file, posts)
    raise CatalogueUnread(file=file)


def catalogue_template(matters: Sequence[Matter], posts: Mapping[str, str]) -> bytes:
    """A workbook of these matters, to be changed and imported again."""
    labels = {person: post for post, person in posts.items()}
    from openpyxl import Workbook  # noqa: PLC0415 - 12 MB that an idle program does not need

    book = Workbook()
    sheet = book.active
    sheet.title = "公开目录"
    sheet.append([names[0] for names in COLUMNS.values()])
    for matter in matters:
        days = f"{matter.days}个{UNITS[matter.unit]}"
        owner = labels.get(matter.owner, "")
        where = (matter.channel_words, matter.posted or "", matter.fed or "")
        sheet.append([SUBJECTS[matter.subject], matter.name, matter.what, matter.basis, days, owner, *where])
    for letter, width in zip("ABCDEFGHI", (28, 20, 40, 26, 14, 20, 26, 12, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _columns(cells: Sequence[str]) -> dict[str, int | None]:
    written = [fold_word(cell) for cell in cells]
    return {
        key: next((at for name in names for at, cell in enumerate(written) if cell == fold_word(name)), None)
        for key, names in COLUMNS.items()
    }


def _rows(rows: Sequence[Sequence[str]], header: int, found: Mapping[str, int | None]) -> Iterator[_Cells]:
    for line, cells in enumerate(rows[header + 1 :], start=header + 2):
        values = {
            key: cells[at].strip() if at is not None and at < len(cells) else "" for key, at in found.items()
        }
        if values["name"]:
            yield _Cells(line=line, values=values)


def _matters(rows: Iterator[_Cells], file: str, posts: Mapping[str, str]) -> tuple[Matter, ...]:
    findings: list[Finding] = []
    matters = [_matter(at, row, posts, findings) for at, row in enumerate(rows, start=1)]
    if findings:
        raise BadInput(findings, file=file)
    return tuple(matters)


def _matter(at: int, row: _Cells, posts: Mapping[str, str], findings: list[Finding]) -> Matter:
    values = row.values
    subject = _SUBJECTS.find(values["subject"]) or ""
    if not subject:
        advice = _SUBJECTS.advice(values["subject"], chinese=True)
        findings.append(_finding("catalogue.unknown_subject", row, values["subject"], advice))
    owner = posts.get(values["owner"], "")
    if values["owner"] and not owner:
        findings.append(_finding("catalogue.unknown_owner", row, values["owner"], "、".join(posts)))
    days, unit = _term(values["days"])
    if values["days"] and not days:
        findings.append(_finding("catalogue.unknown_term", row, values["days"], "20个工作日、20日"))
    return Matter(
        id=_own_id(values["name"], at),
        subject=subject,
        name=values["name"],
        what=values["what"],
        owner=owner,
        days=days or 20,
        unit=unit,
        article=values["article"] or "条例第二十六条",
        posted=_number(values["posted"]),
        posted_article=values["article"] if _number(values["posted"]) else "",
        channel=tuple(key for key, label in CHANNELS.items() if label in values["channel"]) or ("website",),
        fed=_number(values["fed"]),
    )


def _own_id(name: str, at: int) -> str:
    """The id of the shipped matter of this name, so that it is replaced; else one of the office's own."""
    shipped = {matter.name: matter.id for matter in shipped_matters(date.max)}
    return shipped.get(name, f"own_{at}")


def _term(text: str) -> tuple[int, str]:
    days = _number(text)
    return days, "working" if "工作日" in text or text.isdigit() else "calendar"


def _number(text: str) -> int:
    digits = "".join(sign for sign in text if sign.isdigit() and sign.isascii())
    return int(digits[:4]) if digits else 0


def _finding(rule: str, row: _Cells, found: str, expected: str) -> Finding:
    line = str(row.line)
    words = {"line": line, "name": row.values["name"]}
    return Finding(rule=rule, place=f"line {line}", found=found, expected=expected, words=words)


_SUBJECTS = ColumnVocabulary(VocabularyTerm(key=key, label=label) for key, label in SUBJECTS.items())
