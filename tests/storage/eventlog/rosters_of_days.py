"""Offices that change at random, and what is known of each day: the model that the log is compared with."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from scheduler.worklist.office_change import changed_files
from storage.events.events import LogEntry
from storage.events.office_events import OfficeChanged
from storage.events.office_history import OfficeVersions, fold_office_versions
from tests.paths import ROOT

FIRST = date(2024, 1, 1)
DAYS = 1000
SAMPLE = (ROOT / "config" / "data" / "office" / "sample.toml").read_text("utf-8")
PATHS = ("prose/overview.txt", "letters/receipt.docx", "expressions.toml")
POST = 'post = "党政办文书"'


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it was recorded: on which day, from which day it holds, the clerk's post and all texts by then."""

    recorded: date
    holds_from: date
    post: str
    texts: Mapping[str, str] = field(default_factory=dict)


NOTHING = Change(FIRST, FIRST, "")


def random_changes(chance: random.Random, many: int) -> list[Change]:
    """Changes in their order of recording, some of them for days to come and some for days gone by."""
    days = sorted(chance.randrange(DAYS) for _ in range(many))
    found, texts = [], dict[str, str]()
    for number, day in enumerate(days):
        recorded = FIRST + timedelta(days=day)
        shift = chance.choice((0, 0, 0, chance.randint(1, 90), -chance.randint(1, 60)))
        texts = {**texts, chance.choice(PATHS): chance.choice((f"第{number}版", f"第{number}版", ""))}
        texts = {path: said for path, said in texts.items() if said}
        found.append(Change(recorded, recorded + timedelta(days=shift), f"文书{number}", texts))
    return found


def recorded_versions(changes: list[Change]) -> OfficeVersions:
    """The versions that a log with these changes has."""
    return fold_office_versions(
        LogEntry(
            office="zhaoduba",
            position=number,
            recorded_at=datetime.combine(change.recorded, datetime.min.time(), UTC),
            actor="clerk",
            means="test",
            key=f"at {number}",
            record=OfficeChanged(
                happened_on=change.holds_from,
                document=SAMPLE.replace(POST, f'post = "{change.post}"'),
                files=changed_files(before.texts, change.texts),
            ),
            hash="",
        )
        for number, (before, change) in enumerate(pairwise([NOTHING, *changes]), start=1)
    )


def changes_by_day(changes: list[Change]) -> dict[date, Change]:
    """The change that holds on every day, laid over the days one after the other."""
    days = [FIRST + timedelta(days=number) for number in range(DAYS + 100)]
    held = dict.fromkeys(days, min(changes, key=lambda one: one.holds_from))
    for change in changes:
        held |= dict.fromkeys((day for day in days if day >= change.holds_from), change)
    return held


def differing_days(changes: list[Change]) -> list[date]:
    """The days on which the log has another roster, or other texts, than the model."""
    versions, expected = recorded_versions(changes), changes_by_day(changes)
    wrong = []
    for day, change in expected.items():
        found = versions.on(day)
        assert found is not None
        if (found.office.post_of("clerk"), found.files) != (change.post, change.texts):
            wrong.append(day)
    return wrong


def prove_rosters() -> bool:
    """Twenty offices over a thousand days each, with changes for days to come and for days gone by."""
    wrong = sum(len(differing_days(random_changes(random.Random(seed), 40))) for seed in range(20))  # noqa: S311
    print(f"rosters of 20 offices with 40 changes each on {DAYS:,} days: {wrong} days differ")
    return not wrong


def control_rosters() -> bool:
    """Negative control: a log that forgot its last change must differ, or the proof above proves nothing."""
    changes = random_changes(random.Random(1), 40)  # noqa: S311
    versions, expected = recorded_versions(changes[:-1]), changes_by_day(changes)
    unseen = [day for day, one in expected.items() if versions.on(day).office.post_of("clerk") != one.post]
    print(f"control, a change forgotten: {len(unseen)} days differ")
    return bool(unseen)


PROOFS = (prove_rosters, control_rosters)
