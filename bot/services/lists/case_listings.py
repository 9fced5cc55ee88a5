"""The lists of all cases: those that are open, by due date (在办), and every one (案件)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.services.lists.case_facts import CaseFacts
from bot.services.lists.case_filters import (
    COUNTED,
    DAY_FILTERS,
    DUE_FILTERS,
    KIND,
    OPEN,
    STATE,
    kind_choices,
    state_choices,
)
from bot.services.lists.case_source import DUE, CaseListSource
from bot.services.lists.listing import ListAct, ListColumn, ListFilter, Listing, ListReader

NUMBER = ListColumn(key="number", value=lambda one: one.case.number, sort="number")
TITLE = ListColumn(key="title", value=CaseFacts.title, main=True)
KIND_COLUMN = ListColumn(key="kind", value=CaseFacts.kind)
REFERENCE = ListColumn(key="reference", value=lambda one: one.opening.reference, sort="reference")
OPENED_ON = ListColumn(key="opened_on", value=lambda one: one.opening.happened_on, sort="opened_on")
STATE_COLUMN = ListColumn(key="state", value=CaseFacts.state)
DUE_COLUMN = ListColumn(key="due", value=lambda one: one.item.due.day, sort=DUE)
STANDS = ListColumn(key="stands", value=CaseFacts.stands)
HOLDERS = ListColumn(key="holders", value=CaseFacts.holders)
CLOSED_ON = ListColumn(key="closed_on", value=CaseFacts.closed_on, sort="closed_on")
OUTCOME_COLUMN = ListColumn(key="outcome", value=CaseFacts.outcome)

_COLUMNS = (
    NUMBER,
    TITLE,
    KIND_COLUMN,
    REFERENCE,
    OPENED_ON,
    STATE_COLUMN,
    DUE_COLUMN,
    STANDS,
    HOLDERS,
    CLOSED_ON,
    OUTCOME_COLUMN,
)
_CLOSING = {CLOSED_ON.key, OUTCOME_COLUMN.key, STATE_COLUMN.key}


def _columns(_reader: ListReader) -> Sequence[ListColumn]:
    return _COLUMNS


def _open_columns(_reader: ListReader) -> Sequence[ListColumn]:
    return [column for column in _COLUMNS if column.key not in _CLOSING]


OPEN_CASES = Listing(
    key="agenda",
    path="/open",
    columns=_open_columns,
    shown=("title", "kind", "due", "stands", "holders", "opened_on"),
    filters=(ListFilter(key=KIND, choices=kind_choices), *DUE_FILTERS),
    order=DUE,
    source=CaseListSource(path="/cases"),
    acts=(ListAct.REMIND,),
    presets={STATE: OPEN},
)
ALL_CASES = Listing(
    key="cases",
    path="/cases",
    columns=_columns,
    shown=("number", "title", "kind", "opened_on", "state", "closed_on", "outcome"),
    filters=(
        ListFilter(key=STATE, choices=state_choices),
        ListFilter(key=KIND, choices=kind_choices),
        *DAY_FILTERS,
        ListFilter(key=COUNTED, hidden=True),
    ),
    order="-number",
    source=CaseListSource(path="/cases"),
    acts=(ListAct.REMIND,),
)
