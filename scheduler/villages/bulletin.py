"""A month's bulletin from the villages' months: a table, its totals, what was adopted, what is missing.

A bulletin tells what was recorded when its month was over (``counted_at``). What is recorded later about the same
month (an item is often adopted weeks afterwards) stands in the next bulletin as an addition to earlier months, so
that what was told month by month adds up to the year, and no paper that went out is ever wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty, Recount
from config.declarations.village_round import Round
from config.office.loader import Office
from config.reporting.scoring_schemes import LEVELS, Scheme
from scheduler.villages.months import Month, month_before, quarter_of, read_month
from scheduler.villages.scoring import Score, score
from storage.events.case import Case, fold
from storage.events.events import Drafted, Opened, Stepped
from storage.reporting.bulletin import NOTHING, Bulletin, Gone, Item, Row, State, Sums

Place = tuple[date, str]
"""A village's month: its first day and the village."""
Ledger = Mapping[Place, "Scored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A village's month with what it is worth; None where its scheme scores nothing."""

    month: Month
    state: State
    score: Score | None

    @property
    def points(self) -> Decimal:
        """What it adds."""
        return self.score.total if self.score else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a bulletin is drawn from."""

    now: Ledger
    """The months of the year, and at least three before this one, as known when it is drawn."""
    then: Ledger | None
    """The same as known when the last bulletin was drawn; None where there was none."""
    levels: Mapping[str, str]
    schemes: Mapping[str, Scheme]


def counted_at(case: Case, duty: Duty, *, told: bool = False) -> int:
    """Up to which position of the log a bulletin counts: to its opening, or to where it was last counted anew.

    ``told``: as it went out, so without a recount that no text followed.
    """
    again = {step.key for step in duty.steps if isinstance(step.effect, Recount)}
    drafts = [entry.position for entry in case.entries if isinstance(entry.record, Drafted)]
    until = max(drafts) if told and drafts else None
    places = (
        entry.position
        for entry in case.entries
        if isinstance(entry.record, Opened)
        or (isinstance(entry.record, Stepped) and entry.record.step in again)
    )
    return max((place for place in places if until is None or place < until), default=0)


def known_at(case: Case, position: int) -> Case:
    """A case as the log knew it at a position."""
    if not case.entries or case.entries[-1].position <= position:
        return case
    return fold(case.number, [entry for entry in case.entries if entry.position <= position])


Read = dict[tuple[int, int], Month]
"""The months that were read, by their case and how many of its entries were known."""


def ledger(
    cases: Iterable[Case],
    duty: Duty,
    names: Round,
    calendar: Calendar,
    schemes: Mapping[str, Scheme],
    *,
    read: Read | None = None,
) -> dict[Place, Scored]:
    """Every village's month with its score. What is in ``read`` is not read again: most months have not changed."""
    months: dict[Place, Month] = {}
    read = {} if read is None else read
    for case in cases:
        if opening := case.opening:
            known = (case.number, len(case.entries))
            month = read.get(known) or read_month(case, opening, duty, names, calendar)
            read[known] = months[opening.happened_on.replace(day=1), month.village] = month
    return {
        place: Scored(month=month, state=_state(month, names), score=_score(place, months, schemes))
        for place, month in months.items()
    }


def _state(month: Month, names: Round) -> State:
    if month.closing is None and month.reported_on is None:
        return State.WAITS
    said = month.closing.outcome if month.closing else month.outcome
    known = {
        names.on_time: State.ON_TIME,
        names.late: State.LATE,
        names.declared: State.DECLARED,
        names.missing: State.MISSING,
    }
    return known[said]


def _score(place: Place, months: Mapping[Place, Month], schemes: Mapping[str, Scheme]) -> Score | None:
    first, village = place
    month = months[place]
    if not month.scheme:
        return None
    quarter = [months[each, village] for each in quarter_of(first) if (each, village) in months]
    return score(month.facts(quarter), schemes[month.scheme])


def bulletin(month: date, office: Office, basis: Basis, *, dated: date) -> Bulletin:
    """The bulletin of a month. There must be one village's month at least."""
    here = [basis.now[place] for place in _places(basis.now, month)]
    scored = all(each.score for each in here)
    ranked = scored and office.bulletin.ranking
    rows = tuple(_row(basis, office, month, each) for each in here)
    return Bulletin(
        agency=office.name,
        short_name=office.short_name,
        month=month,
        due=max(each.month.due for each in here),
        last=max(each.month.last for each in here),
        provisional=any(each.month.provisional for each in here),
        closed=all(each.month.closing for each in here),
        dated=dated,
        ranked=ranked,
        scored=scored,
        schemes=schemes_of(here, basis.schemes),
        rows=_in_rank(rows) if ranked else by_roster(rows, office),
        gone=tuple(_gone(basis, office, month)),
        sums=sums_of(here),
        before=sums_of(_of_month(basis.now, month_before(month))),
        year=sums_of(_of_year(basis.now, month)),
        trend=tuple((first, sums_of(_of_month(basis.now, first))) for first in _year_to(month)),
        adopted=_items(office, _adopted({place: basis.now[place] for place in _places(basis.now, month)})),
        adopted_since=_items(office, _adopted_since(basis, month)),
        levels=basis.levels,
        tables=office.bulletin.tables,
        to=office.bulletin.to,
        copy_to=office.bulletin.copy_to,
    )


def schemes_of(scored: Iterable[Scored], schemes: Mapping[str, Scheme]) -> tuple[str, ...]:
    """The names of the schemes that some months are scored by, each once."""
    keys = dict.fromkeys(each.month.scheme for each in scored if each.score)
    return tuple(schemes[key].name for key in keys)


def sums_of(scored: Iterable[Scored]) -> Sums:
    """What some months come to together."""
    each = list(scored)
    return Sums(
        months=len(each),
        states=Counter(one.state for one in each),
        items=sum(one.month.items for one in each),
        adopted=sum(one.month.adopted for one in each),
        points=sum((one.points for one in each), NOTHING),
    )


def ranks(worth: Sequence[Decimal | Fraction]) -> list[int]:
    """The place of each among all, the highest first; equals share a place, and the next one is skipped."""
    return [1 + sum(other > mine for other in worth) for mine in worth]


def village_name(office: Office, village: str) -> str:
    """What a village is called; its id where the office's file has lost it."""
    return next((each.name for each in office.villages if each.id == village), village)


def by_roster(rows: Iterable[Row], office: Office) -> tuple[Row, ...]:
    """In the order of the office's file."""
    return tuple(sorted(rows, key=lambda row: roster_place(office, row.village)))


def roster_place(office: Office, village: str) -> int:
    """Where a village stands in the office's file; last where it does not."""
    ids = [each.id for each in office.villages]
    return ids.index(village) if village in ids else len(ids)


def _in_rank(rows: Sequence[Row]) -> tuple[Row, ...]:
    """With their ranks of this month and, among those that were there, of the last one."""
    places = ranks([row.points or NOTHING for row in rows])
    there = [row.before for row in rows if row.before is not None]
    before = dict(zip(there, ranks(there), strict=True))
    ranked = [
        replace(row, rank=place, rank_before=None if row.before is None else before[row.before])
        for row, place in zip(rows, places, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda row: row.rank or 0))


def _row(basis: Basis, office: Office, first: date, scored: Scored) -> Row:
    month, village = scored.month, scored.month.village
    before = basis.now.get((month_before(first), village))
    year = _mine(basis.now, village, _year_to(first))
    sums = sums_of(year)
    levels = Counter(level for _, level in {(each.title, each.level) for each in month.adoptions})
    return Row(
        village=village,
        name=village_name(office, village),
        state=scored.state,
        reported_on=month.reported_on,
        items=month.items,
        minimum=month.minimum,
        adopted=month.adopted,
        at_levels=dict(levels),
        level_points=_by_level(scored.score),
        points=scored.score.total if scored.score else None,
        earlier=_earlier(basis, first, village),
        before=before.points if before and before.score else None,
        year_points=sums.points if any(each.score for each in year) else None,
        year_items=sums.items,
        year_adopted=sums.adopted,
    )


def _by_level(made: Score | None) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in made.lines if made else ():
        if line.level:
            found[line.level] = found.get(line.level, NOTHING) + line.points
    return found


def _earlier(basis: Basis, first: date, village: str) -> Decimal:
    """What a village's earlier months of the year are worth now, over what they were when last told."""
    if basis.then is None:
        return NOTHING
    now, then = (
        sum((each.points for each in _mine(book, village, _year_to(first)[:-1])), NOTHING)
        for book in (basis.now, basis.then)
    )
    return now - then


def _gone(basis: Basis, office: Office, first: date) -> Iterator[Gone]:
    here = {village for _, village in _places(basis.now, first)}
    there = dict.fromkeys(
        village for month, village in basis.now if month.year == first.year and month < first
    )
    for village in sorted(there, key=lambda each: roster_place(office, each)):
        earlier = _earlier(basis, first, village) if village not in here else NOTHING
        if earlier:
            yield Gone(village=village, name=village_name(office, village), earlier=earlier)


def _places(book: Ledger, first: date) -> list[Place]:
    return [place for place in book if place[0] == first]


def _of_month(book: Ledger, first: date) -> list[Scored]:
    return [book[place] for place in _places(book, first)]


def _of_year(book: Ledger, first: date) -> list[Scored]:
    """The months of its year up to a month."""
    return [each for (month, _), each in book.items() if month.year == first.year and month <= first]


def _mine(book: Ledger, village: str, months: Sequence[date]) -> list[Scored]:
    """A village's own of these months; it was not there in every one."""
    return [book[month, village] for month in months if (month, village) in book]


def _year_to(first: date) -> list[date]:
    return [first.replace(month=number) for number in range(1, first.month + 1)]


def _adopted(book: Ledger) -> set[tuple[date, str, str, str]]:
    return {
        (first, village, each.title, each.level)
        for (first, village), scored in book.items()
        for each in scored.month.adoptions
    }


def _adopted_since(basis: Basis, first: date) -> set[tuple[date, str, str, str]]:
    """Of months before this one: adopted now, and not yet when the last bulletin was drawn."""
    if basis.then is None:
        return set()
    return {each for each in _adopted(basis.now) - _adopted(basis.then) if each[0] < first}


def _items(office: Office, found: Iterable[tuple[date, str, str, str]]) -> tuple[Item, ...]:
    """Each item once with all its levels, by month, village and title."""
    levels: dict[tuple[date, str, str], set[str]] = {}
    for first, village, title, level in found:
        levels.setdefault((first, village, title), set()).add(level)
    order = sorted(levels, key=lambda item: (item[0], roster_place(office, item[1]), item[2]))
    return tuple(
        Item(
            month=first,
            village=village_name(office, village),
            title=title,
            levels=tuple(level for level in LEVELS if level in levels[first, village, title]),
        )
        for first, village, title in order
    )
