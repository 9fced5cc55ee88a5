"""Reads a roster of posts from a workbook, and proposes from each post what its person does in the office."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from config.declarations.keys import (
    CLERK,
    DISCLOSURE_HEAD,
    GROUP_HEAD,
    LEADER,
    OFFICE_HEAD,
    SECRECY_REVIEWER,
    VILLAGE_LEADER,
    VILLAGE_REPORTER,
)
from config.errors import Refusal
from storage.reading.formats.document import DocumentTable
from storage.reading.formats.encoding import decode_file
from storage.reading.formats.format_detection import kind_of
from storage.reading.report.reader import read_document

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "post": ("岗位", "职务", "职位", "岗位（职务）", "post"),
    "place": ("部门或村", "部门", "单位", "科室", "站所", "所在部门", "村", "所在单位", "place"),
    "deputy": ("代办人", "代办岗位", "AB岗", "A/B岗", "B岗", "顶岗人", "deputy"),
}
"""What a column of a roster may be called."""
PROPOSALS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (SECRECY_REVIEWER, ("保密",)),
    (CLERK, ("文书", "信息公开工作人员", "政务公开专员")),
    (VILLAGE_REPORTER, ("信息员", "报账员")),
    (VILLAGE_LEADER, ("村委会主任", "村主任", "村支部书记", "村书记", "村负责人", "居委会主任")),
    (LEADER, ("分管", "副镇长", "副乡长", "副主任委员")),
    (OFFICE_HEAD, ("党政办主任", "党政综合办主任", "办公室主任")),
    (GROUP_HEAD, ("镇长", "乡长", "街道办事处主任")),
)
"""Which words in a post propose which role; the first that fits. Whoever sets the office up decides."""
DEPUTY_SEPARATORS = re.compile(r"[、，,；;/\n]")
TEXT_KINDS = frozenset({"csv", "txt"})


class RosterUnread(Refusal):
    """{file} has no column for the post (岗位 or 职务). Use the template, or name the column so."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One post of a roster: where it belongs, and who acts for it in an absence."""

    post: str
    place: str = ""
    """The name of a department or of a village."""
    deputy: str = ""
    """The post that acts for it; of several, written with 、 between them, the first is asked first."""

    @property
    def deputies(self) -> tuple[str, ...]:
        """The posts that act for it, in their order."""
        return tuple(filter(None, (part.strip() for part in DEPUTY_SEPARATORS.split(self.deputy))))


@dataclass(frozen=True, slots=True)
class RosterFault:
    """A row of a roster that cannot be taken over, and why: the end of a key of ``setup.missing`` and its word."""

    line: int
    why: str
    found: str = ""


def read_roster(content: bytes, file: str) -> tuple[RosterRow, ...]:
    """Read the posts of a workbook. RosterUnread without a column for the post, Unreadable where it is damaged.

    Names of persons are never taken over.
    """
    for table in _tables(content, file):
        header = [cell.replace(" ", "") for cell in table[0]]
        found = {key: _column(header, names) for key, names in COLUMNS.items()}
        if found["post"] is not None:
            rows = (_row(cells, found) for cells in table[1:])
            return tuple(row for row in rows if row.post or row.place or row.deputy)
    raise RosterUnread(file=file)


def judge_rows(rows: Sequence[RosterRow], places: Sequence[str]) -> tuple[RosterFault, ...]:
    """The rows that do not fit: no post, a post twice, an unknown place, a deputy who is not in the roster."""
    posts = [row.post for row in rows]
    return tuple(
        fault for line, row in enumerate(rows, start=1) for fault in _faults(line, row, posts, places)
    )


def proposed_role(post: str) -> str:
    """The role that a post proposes; empty where it proposes none."""
    return next((role for role, words in PROPOSALS if any(word in post for word in words)), "")


def proposed_holders(
    rows: Sequence[RosterRow], departments: Sequence[str], villages: Sequence[str]
) -> dict[str, str]:
    """The post proposed for each role, department and village: ``clerk``, ``head:财政所``, ``reporter:甲村``."""
    found: dict[str, str] = {}
    for row in rows:
        role = proposed_role(row.post)
        if role in {CLERK, SECRECY_REVIEWER, LEADER, OFFICE_HEAD, GROUP_HEAD}:
            found.setdefault(role, row.post)
        if row.place in villages:
            kind = "reporter" if role == VILLAGE_REPORTER else "leader"
            found.setdefault(f"{kind}:{row.place}", row.post)
    if OFFICE_HEAD in found:
        found.setdefault(DISCLOSURE_HEAD, found[OFFICE_HEAD])
    for name in departments:
        taken = set(found.values())
        free = [row.post for row in rows if row.place == name and row.post not in taken]
        heads = [
            post for post in free if any(word in post for word in ("主任", "所长", "站长", "队长", "局长"))
        ]
        found |= {f"head:{name}": post for post in (heads or free)[:1]}
    return found


def roster_template(departments: Sequence[str], villages: Sequence[str]) -> bytes:
    """A workbook to fill in, with an example row for each department and two for each village."""
    from openpyxl import Workbook  # noqa: PLC0415 - 12 MB that an idle program does not need

    book = Workbook()
    sheet = book.active
    sheet.title = "人员"
    sheet.append(["岗位", "部门或村", "代办人"])
    for name in departments:
        sheet.append([f"{name}主任" if not name.endswith("办公室") else f"{name[:-3]}办主任", name, ""])
    for name in villages:
        sheet.append([f"{name}信息员", name, f"{name}村委会主任"])
        sheet.append([f"{name}村委会主任", name, ""])
    for letter, width in (("A", 28), ("B", 24), ("C", 24)):
        sheet.column_dimensions[letter].width = width
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _tables(content: bytes, file: str) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The tables of a workbook of any program, told by its content; a text is read by its commas and lines."""
    kind = kind_of(content, file)
    if kind in TEXT_KINDS:
        rows = csv.reader(decode_file(content, file).splitlines())
        yield tuple(tuple(row) for row in rows if any(row)) or (("",),)
        return
    for block in read_document(kind, content, file).blocks:
        if isinstance(block, DocumentTable) and block.rows:
            yield block.rows


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((at for name in names for at, cell in enumerate(header) if cell == name), None)


def _row(cells: Sequence[str], found: Mapping[str, int | None]) -> RosterRow:
    values = {
        key: cells[at].strip() if at is not None and at < len(cells) else "" for key, at in found.items()
    }
    return RosterRow(**values)


def _faults(line: int, row: RosterRow, posts: Sequence[str], places: Sequence[str]) -> Iterator[RosterFault]:
    if not row.post:
        yield RosterFault(line, "no_post")
    elif posts.index(row.post) != line - 1:
        yield RosterFault(line, "twice", row.post)
    if row.place and row.place not in places:
        yield RosterFault(line, "unknown_place", row.place)
    for deputy in row.deputies:
        if deputy not in posts:
            yield RosterFault(line, "unknown_deputy", deputy)
        elif deputy == row.post:
            yield RosterFault(line, "own_deputy", row.post)
