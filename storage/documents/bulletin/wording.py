"""The sentences of a bulletin as values: what the paper, the picture and the chat say in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from storage.documents.bulletin.tables import signed
from storage.documents.layout.text import one_line, printable
from storage.reporting.bulletin import Bulletin, Item, Say, State, Sums
from storage.reporting.report import plain


def month_words(month: date, say: Say) -> str:
    """A month as it is written in a title."""
    return say("bulletin.month", year=month.year, month=month.month)


def day_words(day: date, say: Say, *, provisional: bool = False) -> str:
    """A day of a paper; provisional where the calendar does not know it for certain."""
    words = say("bulletin.paper.day", year=day.year, month=day.month, day=day.day)
    return words + (say("bulletin.provisional") if provisional else "")


def bulletin_title(bulletin: Bulletin, say: Say) -> str:
    """The title; a preview says that it is one."""
    title = say("bulletin.title", agency=bulletin.agency, month=month_words(bulletin.month, say))
    return title if bulletin.closed else title + say("bulletin.preview")


def names_words(names: Sequence[str], say: Say) -> str:
    """Several names in a row."""
    words = ""
    for name in names:
        words = say("bulletin.paper.list", first=words, second=name) if words else name
    return one_line(words)


def levels_words(item: Item, bulletin: Bulletin, say: Say) -> str:
    """At which levels something was adopted."""
    return names_words([bulletin.levels.get(level, level) for level in item.levels], say)


def counts_of(sums: Sums) -> dict[str, object]:
    """The figures of a sum, by the names the phrases use."""
    return {
        **{state.value: sums.count(state) for state in State},
        "months": sums.months,
        "items": sums.items,
        "adopted": sums.adopted,
    }


def sums_words(bulletin: Bulletin, say: Say) -> Iterator[str]:
    """This month, against the last one, the year so far."""
    due = day_words(bulletin.due, say, provisional=bulletin.provisional)
    key = "sums" if bulletin.closed else "sums_open"
    yield say(f"bulletin.paper.{key}", **counts_of(bulletin.sums), due=due)
    yield _compared(bulletin, say) if bulletin.before.months else say("bulletin.paper.no_before")
    points = say("bulletin.paper.year_points", points=plain(bulletin.year.points)) if bulletin.scored else ""
    yield say("bulletin.paper.year", **counts_of(bulletin.year), points=points)


def _compared(bulletin: Bulletin, say: Say) -> str:
    now, before = bulletin.sums, bulletin.before
    missing = now.count(State.MISSING) - before.count(State.MISSING)
    return say(
        "bulletin.paper.compared",
        items=_more(now.items - before.items, "", say),
        adopted=_more(now.adopted - before.adopted, "", say),
        missing=_more(missing, "_villages", say),
    )


def _more(change: int, of: str, say: Say) -> str:
    if change == 0:
        return say("bulletin.paper.same")
    return say(f"bulletin.paper.{'more' if change > 0 else 'fewer'}{of}", count=abs(change))


def table_words(bulletin: Bulletin, say: Say) -> str:
    """How the table is to be read."""
    words = [say("bulletin.paper.by_scheme", scheme=scheme) for scheme in bulletin.schemes]
    words.append(say("bulletin.paper.ranked" if bulletin.ranked else "bulletin.paper.unranked"))
    if any(row.earlier for row in bulletin.rows):
        words.append(say("bulletin.paper.earlier"))
    words += [
        say("bulletin.paper.gone", village=gone.name, points=signed(gone.earlier)) for gone in bulletin.gone
    ]
    return printable("".join(words))


def facts_words(bulletin: Bulletin, say: Say) -> list[str]:
    """Who was late, declared nothing, or did not report: each a fact with its day, and no more than that."""
    days = {
        "due": day_words(bulletin.due, say, provisional=bulletin.provisional),
        "last": day_words(bulletin.last, say),
    }
    found = [
        say(f"bulletin.paper.{state.value}", **days, villages=names_words(names, say))
        for state in (State.LATE, State.DECLARED, State.MISSING, State.WAITS)
        if (names := bulletin.named(state))
    ]
    return found or [say("bulletin.paper.all_in")]


def items_words(items: Sequence[Item], bulletin: Bulletin, say: Say) -> Iterator[str]:
    """What was adopted, one line each."""
    for number, item in enumerate(items, start=1):
        key = "bulletin.item" if item.month == bulletin.month else "bulletin.item_earlier"
        words = {"village": item.village, "title": item.title, "month": month_words(item.month, say)}
        levels = levels_words(item, bulletin, say)
        yield printable(say(key, number=number, **words, levels=levels))
