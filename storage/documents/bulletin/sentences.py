"""Builds the sentences of a bulletin that the paper, the picture and the chat share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from storage.documents.layout.text import one_line, printable
from storage.reporting.bulletin_columns import signed_points
from storage.reporting.bulletin_values import (
    AdoptedItem,
    Bulletin,
    PhraseLookup,
    VillageMonthState,
    VillageTotals,
)
from storage.reporting.report import format_figure


def month_words(month: date, say: PhraseLookup) -> str:
    """A month as a title writes it."""
    return say("bulletin.month", year=month.year, month=month.month)


def day_words(day: date, say: PhraseLookup, *, provisional: bool = False) -> str:
    """A day as a paper writes it, marked provisional where the calendar does not yet know it."""
    words = say("bulletin.paper.day", year=day.year, month=day.month, day=day.day)
    return words + (say("bulletin.provisional") if provisional else "")


def bulletin_title(bulletin: Bulletin, say: PhraseLookup) -> str:
    """The title; a preview says that it is one."""
    title = say("bulletin.title", agency=bulletin.agency, month=month_words(bulletin.month, say))
    return title if bulletin.closed else title + say("bulletin.preview")


def names_words(names: Sequence[str], say: PhraseLookup) -> str:
    """Several names as one list."""
    words = ""
    for name in names:
        words = say("bulletin.paper.list", first=words, second=name) if words else name
    return one_line(words)


def levels_words(item: AdoptedItem, bulletin: Bulletin, say: PhraseLookup) -> str:
    """The levels at which an item was adopted."""
    return names_words([bulletin.levels.get(level, level) for level in item.levels], say)


def count_words(sums: VillageTotals) -> dict[str, object]:
    """The figures of the totals, by the names that phrases use."""
    return {
        **{state.value: sums.count(state) for state in VillageMonthState},
        "months": sums.months,
        "items": sums.items,
        "adopted": sums.adopted,
    }


def sums_words(bulletin: Bulletin, say: PhraseLookup) -> Iterator[str]:
    """The sentences on this month, the change since the last, and the year so far."""
    due = day_words(bulletin.due, say, provisional=bulletin.provisional)
    key = "sums" if bulletin.closed else "sums_open"
    yield say(f"bulletin.paper.{key}", **count_words(bulletin.sums), due=due)
    yield _comparison_words(bulletin, say) if bulletin.before.months else say("bulletin.paper.no_before")
    points = (
        say("bulletin.paper.year_points", points=format_figure(bulletin.year.points))
        if bulletin.scored
        else ""
    )
    yield say("bulletin.paper.year", **count_words(bulletin.year), points=points)


def _comparison_words(bulletin: Bulletin, say: PhraseLookup) -> str:
    now, before = bulletin.sums, bulletin.before
    missing = now.count(VillageMonthState.MISSING) - before.count(VillageMonthState.MISSING)
    return say(
        "bulletin.paper.compared",
        items=_change_words(now.items - before.items, "", say),
        adopted=_change_words(now.adopted - before.adopted, "", say),
        missing=_change_words(missing, "_villages", say),
    )


def _change_words(change: int, of: str, say: PhraseLookup) -> str:
    if change == 0:
        return say("bulletin.paper.same")
    return say(f"bulletin.paper.{'more' if change > 0 else 'fewer'}{of}", count=abs(change))


def table_words(bulletin: Bulletin, say: PhraseLookup) -> str:
    """The sentences on how to read the table."""
    words = [say("bulletin.paper.by_scheme", scheme=scheme) for scheme in bulletin.schemes]
    words.append(say("bulletin.paper.ranked" if bulletin.ranked else "bulletin.paper.unranked"))
    if any(row.earlier_adjustment for row in bulletin.rows):
        words.append(say("bulletin.paper.earlier"))
    words += [
        say("bulletin.paper.gone", village=gone.name, points=signed_points(gone.earlier_adjustment))
        for gone in bulletin.former_villages
    ]
    return printable("".join(words))


def facts_words(bulletin: Bulletin, say: PhraseLookup) -> list[str]:
    """The sentences on who was late, declared nothing or did not report, each with its day and without comment."""
    days = {
        "due": day_words(bulletin.due, say, provisional=bulletin.provisional),
        "last": day_words(bulletin.last, say),
    }
    found = [
        say(f"bulletin.paper.{state.value}", **days, villages=names_words(names, say))
        for state in (
            VillageMonthState.LATE,
            VillageMonthState.DECLARED,
            VillageMonthState.MISSING,
            VillageMonthState.WAITS,
        )
        if (names := bulletin.villages_in_state(state))
    ]
    return found or [say("bulletin.paper.all_in")]


def items_words(
    items: Sequence[AdoptedItem], bulletin: Bulletin, say: PhraseLookup
) -> Iterator[tuple[str, str]]:
    """The lines of the adopted items, each with the address of its published page, or none."""
    for number, item in enumerate(items, start=1):
        key = "bulletin.item" if item.month == bulletin.month else "bulletin.item_earlier"
        words = {"village": item.village, "title": item.title, "month": month_words(item.month, say)}
        levels = levels_words(item, bulletin, say)
        yield printable(say(key, number=number, **words, levels=levels)), item.address
