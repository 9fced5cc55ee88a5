"""Overrides: stages that two people let pass unsigned, as the annex of the annual report counts them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from config.declarations.duty import Duties
from storage.database.tables import EVENTS
from storage.eventlog.log import Log
from storage.events.approvals import ApprovalHistory, is_published
from storage.events.case import Case, fold_case
from storage.events.codec import stored_name
from storage.events.events import Approval, Overridden


class Override(NamedTuple):
    """A stage that passed unsigned: the day, the two people with their reasons, and if its text was published."""

    case: int
    reference: str
    happened_on: date
    stage: str
    manifest: str
    people: tuple[str, ...]
    posts: tuple[str, ...]
    reasons: tuple[str, ...]
    out: bool


def overrides_of_year(log: Log, duties: Duties, year: int) -> list[Override]:
    """The overrides of a year, by the day of the second person's override, also of versions replaced later."""
    query = select(EVENTS.c.case).where(
        EVENTS.c.office == log.office, EVENTS.c.type == stored_name(Overridden)
    )
    numbers = list(log.connection.execute(query.distinct().order_by(EVENTS.c.case)).scalars())
    found: list[Override] = []
    for number in numbers:
        case = fold_case(number, log.read(cases=[number]))
        found += [one for one in overrides_of(case, duties) if one.happened_on.year == year]
    return found


def overrides_of(case: Case, duties: Duties) -> Iterator[Override]:
    """The overrides of one case, in their order."""
    text = ApprovalHistory()
    duty = duties.get(case.opening.kind) if case.opening else None
    for entry in case.entries:
        fact = entry.record
        if not isinstance(fact, Approval):
            continue
        before, text = text, text.apply(fact)
        if isinstance(fact, Overridden) and fact.stage in text.overridden_stages - before.overridden_stages:
            given = [one for one in text.overrides if one.stage == fact.stage]
            yield Override(
                case=case.number,
                reference=case.opening.reference if case.opening else "",
                happened_on=fact.happened_on,
                stage=fact.stage,
                manifest=fact.manifest,
                people=tuple(one.by for one in given),
                posts=tuple(one.post for one in given),
                reasons=tuple(one.reason for one in given),
                out=duty is not None and is_published(case, duty),
            )
