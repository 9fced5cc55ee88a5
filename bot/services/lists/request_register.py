"""The list of requests, and the register of them (依申请公开台账) that an inspector asks for.

The register has the columns of the file that ``gongkai import requests`` reads, under the same headings, so that an
export read in again changes nothing; those that fill a field of the request are taken from the import's own table
(``storage/register_import/columns.py``). Kinds of applicants and results are the official labels of the form
(国办公开办函〔2021〕30号); the rest are the records of art. 45.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.services.lists.case_filters import (
    APPLICANT,
    DAY_FILTERS,
    DUE_FILTERS,
    OUTCOME,
    STATE,
    applicant_choices,
    outcome_choices,
    state_choices,
)
from bot.services.lists.case_listings import (
    CLOSED_ON,
    DUE_COLUMN,
    HOLDERS,
    NUMBER,
    OPENED_ON,
    OUTCOME_COLUMN,
    REFERENCE,
    STANDS,
    STATE_COLUMN,
)
from bot.services.lists.case_source import CaseListSource
from bot.services.lists.listing import ListAct, ListColumn, ListFilter, Listing, ListReader
from config.declarations.duty import Duty
from config.declarations.keys import (
    APPLICANT_KIND_FIELD,
    CONTENT_FIELD,
    DAYS_FIELD,
    EXTENDED_STEP,
    NOTE_FIELD,
)
from storage.register_import.columns import fact_columns

IMPORTED = fact_columns("requests")
DELIVERED_STEP, CORRECTION_STEP = "delivered", "correction_asked"


def request_duties(reader: ListReader) -> Sequence[Duty]:
    """The kinds that somebody outside asks for: they have a rule for the day of their receipt."""
    return [duty for duty in reader.app.duties.values() if duty.receipt]


def _fact(key: str, heading: str = "") -> ListColumn:
    return ListColumn(key=key, value=lambda one: one.fact(key), heading=heading)


REQUEST_COLUMNS = (
    NUMBER,
    replace(REFERENCE, main=True),
    replace(OPENED_ON, key="received_on"),
    *(_fact(column.fact, column.chinese) for column in IMPORTED),
    STATE_COLUMN,
    replace(DUE_COLUMN, key="due_on"),
    STANDS,
    HOLDERS,
    ListColumn(key="correction_asked_on", value=lambda one: one.step_day(CORRECTION_STEP)),
    ListColumn(key="extended_days", value=lambda one: one.step_fact(EXTENDED_STEP, DAYS_FIELD)),
    CLOSED_ON,
    replace(OUTCOME_COLUMN, key="result"),
    ListColumn(key="delivered_on", value=lambda one: one.step_day(DELIVERED_STEP)),
    ListColumn(key="delivered_how", value=lambda one: one.step_fact(DELIVERED_STEP, "how")),
    _fact(NOTE_FIELD),
)


def _columns(_reader: ListReader) -> Sequence[ListColumn]:
    return REQUEST_COLUMNS


REQUESTS = Listing(
    key="requests",
    path="/requests",
    columns=_columns,
    shown=(
        "reference",
        CONTENT_FIELD,
        "received_on",
        APPLICANT_KIND_FIELD,
        "due_on",
        "stands",
        "holders",
        "closed_on",
        "result",
    ),
    filters=(
        ListFilter(key=STATE, choices=state_choices),
        *DUE_FILTERS,
        ListFilter(key=OUTCOME, choices=outcome_choices(request_duties)),
        ListFilter(key=APPLICANT, choices=applicant_choices(request_duties)),
        *DAY_FILTERS,
    ),
    order="-opened_on",
    source=CaseListSource(
        path="/cases", base=lambda reader: {"kinds": tuple(duty.kind for duty in request_duties(reader))}
    ),
    register=(
        "row",
        "reference",
        "received_on",
        *(column.fact for column in IMPORTED),
        "due_on",
        "correction_asked_on",
        "extended_days",
        "closed_on",
        "result",
        "delivered_on",
        "delivered_how",
        NOTE_FIELD,
    ),
    acts=(ListAct.REMIND,),
)
