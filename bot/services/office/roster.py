"""Reads a roster of posts from a workbook, and proposes from each post what its person does in the office."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from storage.reading.formats.file_bytes import decode_file
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
    (CLERK, ("信息公开工作人员", "政务公开专员", "政务公开岗", "文书")),
    (VILLAGE_REPORTER, ("信息员", "报账员")),
    (VILLAGE_LEADER, ("村委会主任", "村主任", "村支部书记", "村书记", "村负责人", "居委会主任")),
    (LEADER, ("分管政务公开", "分管信息公开", "分管党政", "分管办公室", "分管", "副镇长", "副乡长")),
    (OFFICE_HEAD, ("党政办主任", "党政办公室主任", "党政综合办", "办公室主任")),
    (GROUP_HEAD, ("镇长", "乡长", "街道办事处主任")),
)
"""Which words in a post propose which role; the first role that fits, and of several posts the one whose word stands
first. Whoever sets the office up decides."""
HEAD_WORDS = ("主任", "所长", "站长", "队长", "局长")
VILLAGE_HEAD_WORDS, VILLAGE_CLERK_WORDS = ("书记", "主任"), ("文书", "会计", "专干", "委员")
BARE_TITLES = frozenset(
    {"主任", "副主任", "所长", "副所长", "站长", "副站长", "队长", "副队长", "书记", "支部书记"}
)
"""Titles that say nothing without their place: 财政所 stands before 所长."""
NUMERALS = "一二三四五六七八九十"
NAME_COLUMNS = ("姓名", "名字", "name")
HEADER_ROWS = 10
"""So many rows at most stand over the table's head: a title, a date, who filled it in."""
SHORTEST_COLUMN_NAME = 2  # signs, of a name that a longer one may end with: 现任职务
_SPREAD = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000]{1,8}(?=[\u4e00-\u9fff])")
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
    sheet_line: int = 0
    """The row of the sheet it was read from, from 1; 0 where it was typed."""

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
    sheet_line: int = 0
    """The row of the sheet it was read from; 0 where it was typed."""


def read_roster(content: bytes, file: str) -> tuple[RosterRow, ...]:
    """Read the posts of a workbook. RosterUnread without a column for the post, Unreadable where it is damaged.

    Names of persons are never taken over.
    """
    for table in _tables(content, file):
        for at, cells in enumerate(table[:HEADER_ROWS]):
            header = ["".join(cell.split()) for cell in cells]
            found = {key: _column(header, names) for key, names in COLUMNS.items()}
            if found["post"] is not None:
                return _named_rows(table, at + 1, found, _column(header, NAME_COLUMNS))
    raise RosterUnread(file=file)


def _named_rows(
    table: Sequence[Sequence[str]], begin: int, found: Mapping[str, int | None], name_at: int | None
) -> tuple[RosterRow, ...]:
    """The rows with posts that tell them apart, and with posts in place of deputies who are written by name."""
    lines = enumerate(table[begin:], start=begin + 1)
    read = [(_row(cells, found, line), _cell(cells, name_at)) for line, cells in lines]
    kept = [(row, name) for row, name in read if row.post or row.place or row.deputy]
    rows, names = [row for row, _ in kept], [name for _, name in kept]
    posts = _told_apart(rows, names)
    known = {(row.place, row.post): post for row, post in zip(rows, posts, strict=True)}
    known |= {("", name): post for name, post in zip(names, posts, strict=True) if names.count(name) == 1}

    def deputies(row: RosterRow) -> str:
        return "、".join(known.get(("", one)) or known.get((row.place, one)) or one for one in row.deputies)

    return tuple(replace(row, post=post, deputy=deputies(row)) for row, post in zip(rows, posts, strict=True))


def _told_apart(rows: Sequence[RosterRow], names: Sequence[str]) -> list[str]:
    """The posts: 甲村支部书记 and 乙村支部书记 where both are written 支部书记, and 科员一, 科员二 of two people."""
    posts = [row.place + row.post if _says_too_little(row, rows) else row.post for row in rows]
    for post in {post for post in posts if post and posts.count(post) > 1}:
        places = [at for at, one in enumerate(posts) if one == post]
        people = [names[at] for at in places]
        if all(people) and len(set(people)) == len(people) <= len(NUMERALS):
            for number, at in zip(NUMERALS, places, strict=False):
                posts[at] = post + number
    return posts


def _says_too_little(row: RosterRow, rows: Sequence[RosterRow]) -> bool:
    """Whether a title is bare, or means another post in another place."""
    if not row.post or not row.place or row.place in row.post:
        return False
    places = [one.place for one in rows if one.post == row.post]
    return row.post in BARE_TITLES or (len(set(places)) > 1 and all(places))


def judge_rows(rows: Sequence[RosterRow], places: Sequence[str]) -> tuple[RosterFault, ...]:
    """The rows that do not fit: no post, a post twice, an unknown place, a deputy who is not in the roster."""
    posts = [row.post for row in rows]
    return tuple(
        replace(fault, sheet_line=row.sheet_line)
        for line, row in enumerate(rows, start=1)
        for fault in _faults(line, row, posts, places)
    )


def proposed_role(post: str) -> tuple[str, int]:
    """The role that a post proposes, and how early in the table its word stands; empty where it proposes none."""
    found = ((role, at) for role, words in PROPOSALS for at, word in enumerate(words) if word in post)
    return next(found, ("", 0))


def proposed_holders(
    rows: Sequence[RosterRow], departments: Sequence[str], villages: Sequence[str]
) -> dict[str, str]:
    """The post proposed for each role, department and village: ``clerk``, ``head:财政所``, ``reporter:甲村``."""
    found: dict[str, str] = {}
    proposed = [(row.post, *proposed_role(row.post)) for row in rows if row.place not in villages]
    for wanted in (CLERK, SECRECY_REVIEWER, LEADER, OFFICE_HEAD, GROUP_HEAD):
        fitting = [(rank, post) for post, role, rank in proposed if role == wanted]
        if fitting:
            found[wanted] = min(fitting, key=lambda one: one[0])[1]
    for name in villages:
        found |= _village_holders(name, [row.post for row in rows if row.place == name])
    if OFFICE_HEAD in found:
        found.setdefault(DISCLOSURE_HEAD, found[OFFICE_HEAD])
    for name in departments:
        taken = set(found.values())
        free = [row.post for row in rows if row.place == name and row.post not in taken]
        heads = [post for post in free if any(word in post for word in HEAD_WORDS)]
        found |= {f"head:{name}": post for post in (heads or free)[:1]}
    return found


def _village_holders(village: str, posts: Sequence[str]) -> dict[str, str]:
    """Of a village's posts the one that reports and the one that leads; what its posts do not tell stays open."""
    reporters = [post for post in posts if proposed_role(post)[0] == VILLAGE_REPORTER]
    others = [post for post in posts if post not in reporters]
    leaders = [post for post in others if any(word in post for word in VILLAGE_HEAD_WORDS)] or others
    rest = [post for post in others if post not in leaders[:1]]
    clerks = [post for post in rest if any(word in post for word in VILLAGE_CLERK_WORDS)]
    held = {"reporter": (reporters or clerks)[:1], "leader": leaders[:1]}
    return {f"{kind}:{village}": post for kind, found in held.items() for post in found}


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
        yield tuple(tuple(row) for row in rows) or (("",),)
        return
    for block in read_document(kind, content, file).blocks:
        if isinstance(block, DocumentTable) and block.rows:
            yield block.rows


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Where a column stands, by its name alone or by a longer one that ends with it; None where there is none."""
    exact = (at for name in names for at, cell in enumerate(header) if cell == name)
    longer = (
        at
        for name in names
        for at, cell in enumerate(header)
        if len(name) >= SHORTEST_COLUMN_NAME and cell.endswith(name)
    )
    return next(exact, next(longer, None))


def _row(cells: Sequence[str], found: Mapping[str, int | None], line: int) -> RosterRow:
    return RosterRow(**{key: _cell(cells, at) for key, at in found.items()}, sheet_line=line)


def _cell(cells: Sequence[str], at: int | None) -> str:
    """A cell's text, without the blanks that spread a word: 主　任; empty where there is no such cell."""
    return _SPREAD.sub("", cells[at].strip()) if at is not None and at < len(cells) else ""


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
