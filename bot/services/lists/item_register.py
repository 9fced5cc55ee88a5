"""The list of what villages send, and the register of it (信息报送台账): who sent what when, and what became of it.

There is no official form of this register; its columns are those that offices' own rules ask for [practice].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.services.lists.case_facts import CaseFacts
from bot.services.lists.case_filters import DAY_FILTERS, PLACE, STATE, state_choices, village_choices
from bot.services.lists.case_listings import HOLDERS, NUMBER
from bot.services.lists.case_source import CaseListSource
from bot.services.lists.listing import (
    CellValue,
    ListAct,
    ListColumn,
    ListFilter,
    Listing,
    ListReader,
)
from bot.services.villages.board import ItemLine, item_line
from config.declarations.keys import POINTS_FIELD
from config.declarations.villages.item_fields import ADOPTED, LEVEL_LABELS, MEANS_FIELD, RECEIVED
from config.declarations.villages.item_file_kinds import ITEM_FILE_KINDS, ItemFileKind


def _line(read: Callable[[ItemLine, ListReader], CellValue]) -> Callable[[CaseFacts], CellValue]:
    return lambda one: read(item_line(one.case, one.duty), one.reader)


def _levels(line: ItemLine, reader: ListReader) -> str:
    return reader.say("page.comma").join(LEVEL_LABELS[level] for level in line.levels)


def _received_on(one: CaseFacts) -> date | None:
    closing = one.case.closing
    return closing.happened_on if closing and closing.outcome == RECEIVED else None


def _points(one: CaseFacts) -> CellValue:
    """The points that were set for its adoptions; what a scheme gives by itself stands in the bulletin."""
    points = [step.facts.get(POINTS_FIELD) for step in one.case.steps_taken(ADOPTED)]
    found = [point for point in points if isinstance(point, int)]
    return sum(found) if found else None


def _file_column(kind: ItemFileKind) -> ListColumn:
    return ListColumn(key=kind.key, value=_line(lambda line, _reader: line.files[kind.key]))


_COLUMNS = (
    NUMBER,
    ListColumn(key="reported_on", value=lambda one: one.opening.happened_on, sort="opened_on"),
    ListColumn(key="village", value=_line(lambda line, reader: reader.labels.place(line.village))),
    ListColumn(key="item_title", value=_line(lambda line, _reader: line.title), main=True),
    ListColumn(key="item_state", value=_line(lambda line, reader: reader.say(f"item.state.{line.state}"))),
    ListColumn(key=MEANS_FIELD, value=lambda one: one.fact(MEANS_FIELD)),
    *(_file_column(kind) for kind in ITEM_FILE_KINDS),
    HOLDERS,
    ListColumn(key="item_received_on", value=_received_on, sort="closed_on"),
    ListColumn(key="levels", value=_line(_levels)),
    ListColumn(key="adopted_on", value=lambda one: one.step_day(ADOPTED)),
    ListColumn(key="points", value=_points),
    ListColumn(key="reason", value=_line(lambda line, _reader: line.reason)),
    ListColumn(key="address", value=_line(lambda line, _reader: line.address)),
)


def _columns(_reader: ListReader) -> Sequence[ListColumn]:
    return _COLUMNS


ITEMS = Listing(
    key="items",
    path="/items",
    columns=_columns,
    shown=("reported_on", "village", "item_title", "item_state", "item_received_on", "levels"),
    filters=(
        ListFilter(key=STATE, choices=state_choices),
        ListFilter(key=PLACE, choices=village_choices),
        *DAY_FILTERS,
    ),
    order="-opened_on",
    source=CaseListSource(
        path="/items",
        base=lambda reader: {
            "kinds": tuple(duty.kind for duty in reader.app.duties.values() if duty.opened_with_text)
        },
    ),
    register=(
        "row",
        "reported_on",
        "village",
        "item_title",
        MEANS_FIELD,
        "item_received_on",
        "item_state",
        "levels",
        "adopted_on",
        "points",
        "reason",
        "address",
    ),
    acts=(ListAct.RECEIVE, ListAct.REMIND),
)
