"""Loads an office from the text of its file (``office.toml``), or refuses it with every fault and its line.

A loaded office has a holder for every role, one chain for each kind of text, and no chain in which one person, alone
or as a deputy, could sign two stages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from config.declarations.annual_dates import BEFORE, FIXED, NEXT, WORKING, DeclaredAnnualDate
from config.declarations.keys import ANY_HOLDER
from config.errors import BadInput
from config.findings import Finding
from config.office.model import (
    BULLETIN_TABLES,
    DEFAULT_REPORT_DUE,
    LANGUAGES,
    BulletinPlan,
    Chain,
    Contacts,
    CountyReading,
    Department,
    LeadingGroup,
    Office,
    Person,
    ReportPlan,
    Stage,
    Village,
    VillageMonthPlan,
    Website,
    WebsiteColumn,
)
from config.office.quiet_hours import ReminderHours
from config.office.schema import FindingCollector, check_shape, read_date, read_time, table_rows
from config.office.validation import check_office
from config.reporting.matters import Matter
from config.toml_lines import syntax_error_line, toml_lines

TomlRow = Mapping[str, Any]


def load_office(text: str, file: str) -> Office:
    """The office in a file's text; ``BadInput`` with all findings when it does not hold together."""
    text = text.removeprefix("\ufeff")  # the mark some Windows editors put first
    try:
        office, findings = _parse_office(text)
    except tomllib.TOMLDecodeError as error:
        line, found = syntax_error_line(text, error)
        fault = Finding(rule="office.syntax", place=f"line {line}", found=found, words={"line": str(line)})
        raise BadInput([fault], file=file) from error
    if findings:
        raise BadInput(findings, file=file)
    return office


@lru_cache(maxsize=64)
def written_slug(text: str) -> str:
    """The office's short name in the text of its file; empty where the text has none or is no TOML."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return ""
    return _text(_single_table(data, "office"), "slug")


@lru_cache(maxsize=64)
def _parse_office(text: str) -> tuple[Office, tuple[Finding, ...]]:
    """The office as far as it can be read, and every finding; a file is opened often and edited seldom."""
    data = tomllib.loads(text)
    notes = FindingCollector(lines=toml_lines(text))
    check_shape(data, notes)
    office = _build_office(data)
    check_office(office, notes)
    return office, tuple(sorted(notes.findings, key=_line_number))


def _line_number(finding: Finding) -> int:
    return int(finding.words["line"])


def _build_office(data: TomlRow) -> Office:
    """The office as far as it can be read: what is missing or of another type is left empty."""
    head = _single_table(data, "office")
    name = _text(head, "name")
    return Office(
        slug=_text(head, "slug"),
        name=name,
        short_name=_text(head, "short_name"),
        level=_text(head, "level"),
        county=_text(head, "county"),
        scope=_text(head, "scope"),
        people=tuple(_person(row) for row in _table_rows(data, "person")),
        leading_group=_leading_group(_single_table(data, "leading_group")),
        departments=tuple(
            Department(id=_text(row, "id"), name=_text(row, "name"), head=_text(row, "head"))
            for row in _table_rows(data, "department")
        ),
        villages=tuple(_village(row) for row in _table_rows(data, "village")),
        chains=tuple(_chain(row) for row in _table_rows(data, "chain")),
        report=_report(_single_table(data, "report"), name),
        contacts=_contacts(_single_table(data, "contacts")),
        dates=tuple(_own_date(row) for row in _table_rows(data, "date")),
        months=next((_months(row) for row in _table_rows(data, "months")), None),
        bulletin=_bulletin(_single_table(data, "bulletin")),
        site=_site(_single_table(data, "site")),
        columns=tuple(_column(row) for row in _table_rows(data, "column")),
        county_first=_county_reading(_single_table(data, "county_first")),
        message_days=_number(_single_table(data, "messages"), "days"),
        village_affairs=_text(_single_table(data, "village_affairs"), "finances"),
        matters=tuple(_matter(row) for row in _table_rows(data, "matter")),
        override=_texts(_single_table(data, "override"), "by"),
        chat_files=_texts(_single_table(data, "chat"), "files"),
        chat_items=_single_table(data, "chat").get("items", True) is not False,
        hours=_hours(_single_table(data, "hours")),
        phrases={
            language: {
                _text(row, "key"): said
                for row in _table_rows(data, "phrase")
                if (said := _text(row, language))
            }
            for language in LANGUAGES
        },
        ladders={_text(row, "for"): "; ".join(_texts(row, "rungs")) for row in _table_rows(data, "ladder")},
    )


def _hours(row: TomlRow) -> ReminderHours:
    usual = ReminderHours()
    return ReminderHours(
        digest=read_time(_text(row, "digest")) or usual.digest,
        first=read_time(_text(row, "first")) or usual.first,
        last=read_time(_text(row, "last")) or usual.last,
    )


def _person(row: TomlRow) -> Person:
    return Person(
        id=_text(row, "id"),
        post=_text(row, "post"),
        department=_text(row, "department"),
        roles=_texts(row, "roles"),
        deputies=_texts(row, "deputies"),
        language=_text(row, "language") or "zh",
    )


def _leading_group(row: TomlRow) -> LeadingGroup:
    return LeadingGroup(
        head=_text(row, "head"),
        deputies=_texts(row, "deputies"),
        members=_texts(row, "members"),
    )


def _village(row: TomlRow) -> Village:
    return Village(
        id=_text(row, "id"),
        name=_text(row, "name"),
        reporter=_text(row, "reporter"),
        leader=_text(row, "leader"),
        since=read_date(_text(row, "since")) or date.min,
        until=read_date(_text(row, "until")) or date.max,
    )


def _chain(row: TomlRow) -> Chain:
    stages = row.get("stages")
    rows = stages if isinstance(stages, list) else []
    return Chain(kind=_text(row, "for"), stages=tuple(_stage(stage) for stage in rows))


def _stage(row: Any) -> Stage:
    row = row if isinstance(row, dict) else {}
    return Stage(
        name=_text(row, "name"),
        by=_text(row, "by"),
        rule=_text(row, "rule") or ANY_HOLDER,
        days=_number(row, "days"),
        meaning=_text(row, "meaning"),
    )


def _report(row: TomlRow, name: str) -> ReportPlan:
    return ReportPlan(
        due=_text(row, "due") or DEFAULT_REPORT_DUE,
        heading=_text(row, "heading") or name,
        moves=_text(row, "moves") or BEFORE,
    )


def _county_reading(row: TomlRow) -> CountyReading:
    return CountyReading(report=row.get("report") is True, matters=_texts(row, "matters"))


def _contacts(row: TomlRow) -> Contacts:
    return Contacts(
        reconsideration_organ=_text(row, "reconsideration_organ"),
        court=_text(row, "court"),
        contact=_text(row, "contact"),
        pay_to=_text(row, "pay_to"),
    )


def _months(row: TomlRow) -> VillageMonthPlan:
    return VillageMonthPlan(
        due=_text(row, "due"),
        due_number=_number(row, "due_number"),
        grace=_number(row, "grace"),
        minimum=_number(row, "minimum"),
        scheme=_text(row, "scheme"),
    )


def _bulletin(row: TomlRow) -> BulletinPlan:
    return BulletinPlan(
        ranking=row.get("ranking") is True,
        tables=_texts(row, "tables") or BULLETIN_TABLES[:1],
        to=_text(row, "to"),
        copy_to=_text(row, "copy_to"),
    )


def _site(row: TomlRow) -> Website:
    return Website(hosts=_texts(row, "hosts"), allow_private=row.get("allow_private") is True)


def _column(row: TomlRow) -> WebsiteColumn:
    return WebsiteColumn(
        id=_text(row, "id"),
        name=_text(row, "name"),
        url=_text(row, "url"),
        kind=_text(row, "kind"),
        owner=_text(row, "owner"),
        days=_number(row, "days"),
        updated=_text(row, "updated"),
    )


def _matter(row: TomlRow) -> Matter:
    return Matter(
        id=_text(row, "id"),
        subject=_text(row, "subject"),
        name=_text(row, "name"),
        owner=_text(row, "owner"),
        what=_text(row, "what"),
        days=_number(row, "days"),
        unit=_text(row, "unit") or WORKING,
        article=_text(row, "article"),
        posted=_number(row, "posted"),
        posted_article=_text(row, "posted_article"),
        channel=_texts(row, "channel"),
        fed=_number(row, "fed"),
        unconfirmed=_text(row, "unconfirmed"),
    )


def _own_date(row: TomlRow) -> DeclaredAnnualDate:
    return DeclaredAnnualDate(
        id=_text(row, "id"),
        name=_text(row, "name"),
        owner=_text(row, "owner"),
        rule=_text(row, "rule") or FIXED,
        day=_text(row, "day"),
        month=_number(row, "month"),
        number=_number(row, "number"),
        before=_text(row, "before"),
        after=_text(row, "after"),
        days=_number(row, "days"),
        unit=_text(row, "unit") or WORKING,
        moves=_text(row, "moves") or NEXT,
        evidence=_text(row, "evidence"),
        sign_off=_text(row, "sign_off"),
        article=_text(row, "article"),
        ahead=_number(row, "ahead"),
    )


def _single_table(data: TomlRow, name: str) -> TomlRow:
    return next((row for _path, row in table_rows(data, name)), {})


def _table_rows(data: TomlRow, name: str) -> list[TomlRow]:
    return [row for _path, row in table_rows(data, name)]


def _text(row: TomlRow, key: str) -> str:
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _number(row: TomlRow, key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) else 0


def _texts(row: TomlRow, key: str) -> tuple[str, ...]:
    value = row.get(key)
    items = value if isinstance(value, list) else [value]  # a lone text is noted, and read as meant
    return tuple(item.strip() if isinstance(item, str) else "" for item in items if item is not None)
