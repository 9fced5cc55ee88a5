"""Says what differs between two versions of an office, and what a change does to its open cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.language.phrasebook import Phrasebook
from config.office.difference import ChangedValue, OfficeDifference, RowChange
from scheduler.worklist.office_impact import CaseImpact, OfficeImpact


def difference_lines(found: Iterable[OfficeDifference], book: Phrasebook) -> Iterator[str]:
    """A line for each row that came, went or changed, with the keys that changed."""
    for one in found:
        yield book.say(
            f"office.difference.{one.kind}", table=book.say(f"office.table.{one.table}"), name=one.name
        )
        if one.kind is RowChange.CHANGED:
            yield from (_value_line(value, book) for value in one.values)


def impact_lines(impact: OfficeImpact, book: Phrasebook) -> Iterator[str]:
    """A line for each open case that moves, is stranded, or has to be submitted again."""
    for key, cases in (
        ("stranded", impact.stranded),
        ("restarted", impact.restarted),
        ("moved", impact.moved),
    ):
        yield from (_case_line(key, one, book) for one in cases)
    if not (impact.stranded or impact.restarted or impact.moved):
        yield book.say("office.impact.none")


def _value_line(value: ChangedValue, book: Phrasebook) -> str:
    nothing = book.say("office.difference.nothing")
    return book.say(
        "office.difference.value",
        item=value.key,
        before=value.before or nothing,
        after=value.after or nothing,
    )


def _case_line(key: str, one: CaseImpact, book: Phrasebook) -> str:
    nobody = book.say("office.difference.nobody")
    return book.say(
        f"office.impact.{key}",
        case=one.case,
        reference=one.reference,
        before="、".join(one.before) or nobody,
        after="、".join(one.after) or nobody,
    )
