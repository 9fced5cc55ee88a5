"""Checks that an office's times can be kept: the dates of its year, its months, its reminders' hours and ladders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.declarations.annual_dates import DATE_RULE_KEYS, DATE_RULES, RELATIVE, DeclaredAnnualDate
from config.declarations.reminder_ladders import NotALadder, parse_policy
from config.declarations.terms import MonthDay
from config.office.model import Office
from config.office.schema import FindingCollector, suggest
from config.toml_lines import KeyPath

MAX_VALUES: Mapping[str, int] = {"month": 12, "number": 23, "days": 366}
"""The months of a year, the most working days a month can have, and a year there and back."""
MAX_DUE_NUMBER = {MonthDay.DAY.value: 31, MonthDay.WORKDAY.value: 23}
"""The highest number of a due day; in a month with fewer days or working days the last one is meant."""


def check_schedule(office: Office, notes: FindingCollector) -> None:
    """Note what cannot be kept in the dates of the year, the months, the hours and the ladders."""
    _check_annual_dates(office, notes)
    _check_months(office, notes)
    _check_ladders(office, notes)
    _check_hours(office, notes)


def _check_annual_dates(office: Office, notes: FindingCollector) -> None:
    """Note keys that a date's rule lacks, keys that it does not use, and references to dates that do not exist."""
    by_id = {own.id: own for own in office.dates}
    for at, own in enumerate(office.dates):
        if own.rule not in DATE_RULES:
            continue  # noted when the file's shape was checked
        for key in DATE_RULES[own.rule].needs:
            _check_required_key(own, key, ("date", at), notes)
        if own.rule == RELATIVE:
            _check_base(own, by_id, ("date", at), notes)
        for key in _unused_keys(own):
            notes.add_finding("date_idle", ("date", at, key), found=key, expected=own.rule)


def _check_required_key(own: DeclaredAnnualDate, key: str, path: KeyPath, notes: FindingCollector) -> None:
    value, most = getattr(own, key), MAX_VALUES.get(key)
    if not value and not notes.has_finding_at((*path, key)):
        notes.add_finding("date_lacks", path, found=own.rule, expected=key)
    elif most and value > most:
        notes.add_finding("date_number", (*path, key), found=str(value), expected=f"1–{most}")


def _check_base(
    own: DeclaredAnnualDate, by_id: Mapping[str, DeclaredAnnualDate], path: KeyPath, notes: FindingCollector
) -> None:
    if bool(own.before) == bool(own.after):
        notes.add_finding("date_one_way", path)
        return
    base, key = by_id.get(own.base), "before" if own.before else "after"
    if base is None:
        known = tuple(date for date in by_id if date != own.id)
        notes.add_finding(
            "unknown_date", (*path, key), found=own.base, expected=suggest(own.base, known) or "—"
        )
    elif base.rule == RELATIVE:
        notes.add_finding("date_two_steps", (*path, key), found=own.base)


def _unused_keys(own: DeclaredAnnualDate) -> Iterator[str]:
    """Keys that are written but not used by the rule: the author meant something else."""
    rule = DATE_RULES[own.rule]
    used = {*rule.needs, *rule.may_use}
    yield from (key for key in DATE_RULE_KEYS if key not in used and getattr(own, key))


def _check_months(office: Office, notes: FindingCollector) -> None:
    """A day that no month can have, and a village that ended before it began."""
    months = office.months
    most = MAX_DUE_NUMBER.get(months.due) if months else None
    if months and most and not 1 <= months.due_number <= most:
        notes.add_finding(
            "due_number", ("months", "due_number"), found=str(months.due_number), expected=f"1–{most}"
        )
    for at, village in enumerate(office.villages):
        if village.until < village.since:
            words = {"found": village.until.isoformat(), "since": village.since.isoformat()}
            notes.add_finding("ends_before", ("village", at, "until"), **words)


def _check_hours(office: Office, notes: FindingCollector) -> None:
    """The digest comes within the hours of a day: before or after them nobody would be reminded at all."""
    hours = office.hours
    if not hours.first <= hours.digest < hours.last:
        words = {"first": f"{hours.first:%H:%M}", "last": f"{hours.last:%H:%M}"}
        notes.add_finding("hours_order", ("hours", "digest"), found=f"{hours.digest:%H:%M}", **words)


def _check_ladders(office: Office, notes: FindingCollector) -> None:
    """Rungs that can be read. Whether their kind exists, ``gongkai doctor`` says: kinds are not known here."""
    for at, rungs in enumerate(office.ladders.values()):
        try:
            parse_policy(rungs)
        except NotALadder as wrong:
            notes.add_finding("not_rung", ("ladder", at, "rungs"), found=str(wrong.words["found"]))
