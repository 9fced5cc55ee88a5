"""Lays out the bars of the first page: each with its words, the list it opens, and its lengths.

The words beside a bar say everything that it shows, so that whoever reads by ear or on paper misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.channels.web.reports.village_months import VillageMonthRow
from bot.channels.web.request.request import PageRequest
from bot.services.workbench.case_counts import YearComparison
from config.declarations.duty import Duty
from scheduler.worklist.agenda import QUARTERS, AgendaItem
from storage.reporting.bulletin_values import VillageMonthState

DONE, WAITING, LATE, FORMER = "done", "waiting", "late", "former"
"""The colours of a bar's parts, by the names of their classes in page.css."""
FULL_BARS = {VillageMonthState.DECLARED: "declared", VillageMonthState.MISSING: "missing"}
"""The months that hold no item, for one of these reasons: the whole bar says it."""
WARNING_STATES = frozenset({VillageMonthState.LATE, VillageMonthState.MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar with its words. ``parts`` are colours with their lengths; ``whole`` is the length of a full bar."""

    label: str
    words: str
    path: str
    parts: tuple[tuple[str, int], ...]
    whole: int
    mark: int = 0
    """Where a line stands across it: the least that is asked for. 0 for none."""
    warns: bool = False

    @property
    def rectangles(self) -> list[tuple[str, int, int]]:
        """The parts as colour, start and length, one after the other."""
        lengths = [length for _, length in self.parts]
        return [
            (colour, sum(lengths[:place]), length)
            for place, (colour, length) in enumerate(self.parts)
            if length
        ]


def month_bars(page: PageRequest, rows: Sequence[VillageMonthRow]) -> Iterator[Bar]:
    """A bar for each village: the items that count, with a line at the least that is asked for."""
    whole = max((max(one.month_view.month.items, one.month_view.month.minimum) for one in rows), default=0)
    for row in rows:
        month = row.month_view.month
        yield Bar(
            label=row.village,
            words=page.say(
                "page.workbench.month.row",
                items=month.items,
                minimum=month.minimum,
                state=page.say(f"page.month.state.{row.state}"),
            ),
            path=f"/cases/{month.case.number}",
            parts=(_month_part(row, max(1, whole)),),
            whole=max(1, whole),
            mark=month.minimum,
            warns=row.state in WARNING_STATES,
        )


def _month_part(row: VillageMonthRow, whole: int) -> tuple[str, int]:
    """The coloured part of a village's bar: its items, or why it has none."""
    items = row.month_view.month.items
    if not items and row.state in FULL_BARS:
        return FULL_BARS[row.state], whole
    return LATE if row.state in WARNING_STATES else DONE, items


def age_bars(page: PageRequest, items: Sequence[AgendaItem]) -> Iterator[Bar]:
    """For each kind of request a bar for every quarter of its term, and one for what is older."""
    for duty in page.app.duties.values():
        mine = [item for item in items if item.duty is duty]
        if duty.receipt and duty.term and mine:
            bands = [[item for item in mine if item.age_band == band] for band in range(QUARTERS + 1)]
            whole = max(map(len, bands))
            for band, found in enumerate(bands):
                yield _age_bar(page, duty, band, found, whole)


def _age_bar(page: PageRequest, duty: Duty, band: int, found: Sequence[AgendaItem], whole: int) -> Bar:
    late = sum(item.overdue for item in found)
    waiting = sum(bool(item.due.external_waits) for item in found)
    return Bar(
        label=band_label(page, duty, band),
        words=_age_words(page, len(found), late, waiting),
        path=f"/open?kind={duty.kind}&age={band}",
        parts=((LATE, late), (WAITING, waiting), (DONE, len(found) - late - waiting)),
        whole=whole,
        warns=bool(late),
    )


def _age_words(page: PageRequest, count: int, late: int, waiting: int) -> str:
    parts = [page.say("page.workbench.count", count=count)]
    parts += [page.say("page.workbench.age.late", count=late)] if late else []
    parts += [page.say("page.workbench.age.waiting", count=waiting)] if waiting else []
    return " · ".join(parts)


def band_label(page: PageRequest, duty: Duty, band: int) -> str:
    """The working days of a quarter of a kind's term in words; of the last band, that it is beyond the term."""
    term = duty.term.days if duty.term else 0
    if band == QUARTERS:
        return page.say("page.workbench.age.beyond", days=term)
    first = band * term // QUARTERS + bool(band)
    return page.say("page.workbench.age.band", first=first, last=(band + 1) * term // QUARTERS)


def year_bars(page: PageRequest, years: Iterable[YearComparison]) -> Iterator[Bar]:
    """Two bars for each count: this year so far, and the same days of last year."""
    for one in years:
        whole = max(1, one.this_year, one.last_year)
        numbers = (
            (page.app.today.year, one.this_year, DONE),
            (page.app.today.year - 1, one.last_year, FORMER),
        )
        for year, number, colour in numbers:
            yield Bar(
                label=page.say(f"page.workbench.year.{one.key}", year=year),
                words=page.say("page.workbench.count", count=number),
                path=f"/cases?counted={one.key}&year={year}",
                parts=((colour, number),),
                whole=whole,
            )
