"""The derived rows say what the log says: by the database as by a fold in memory, at every border of a year."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from config.shipped_data import load_form
from storage.database.schema import create_store
from storage.eventlog.derived_rows import projection_snapshot
from storage.eventlog.log import Log, NewEvent
from storage.eventlog.projections import CaseProjections
from storage.events.case import fold_case
from storage.events.events import Closed, Opened, Record, Stepped
from storage.reporting.statistics import count_year, figures_of, period_of
from tests.draws import examples
from tests.storage.reporting.test_statistics import DUTIES, entries_of, histories

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
KIND = {"applicant_kind": "business"}


@pytest.fixture
def app(both_apps: OfficeApp) -> OfficeApp:
    return both_apps


@given(
    histories(),
    st.sampled_from([2022, 2023, 2024, 2025]),
    st.none() | st.dates(date(2022, 1, 1), date(2025, 12, 31)),
)
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_counts_what_a_fold_in_memory_counts(
    tmp_path_factory: pytest.TempPathFactory, records: list[Record], year: int, as_of: date | None
) -> None:
    period = period_of(year, as_of if as_of and as_of.year == year else None)
    store = create_store(tmp_path_factory.mktemp("log") / "town.db")
    with store.writing("town") as connection:
        log, index = Log(connection, "town"), CaseProjections(connection, "town", DUTIES)
        for record in records:  # one transaction each, as in an office
            index.update(log.append([NewEvent(record)], at=AT, actor="clerk", means="test"))
        assert index.differences() == []
        by_rows, by_fold = (
            count_year(rows, DUTIES, period) for rows in (index, projection_snapshot(log, DUTIES))
        )
    assert figures_of(by_rows, load_form()) == figures_of(by_fold, load_form())
    assert {cell: sorted(cases) for cell, cases in by_rows.cases.items()} == {
        cell: sorted(cases) for cell, cases in by_fold.cases.items()
    }


@pytest.mark.parametrize(
    ("opened", "closed", "counted"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), {"received", "granted", "results_total"}),
        (date(2023, 12, 31), date(2024, 12, 31), {"carried_in", "granted", "results_total"}),
        (date(2023, 12, 31), date(2024, 1, 1), {"carried_in", "granted", "results_total"}),
        (date(2024, 12, 31), date(2025, 1, 1), {"received", "carried_out"}),
        (date(2023, 12, 31), date(2025, 1, 1), {"carried_in", "carried_out"}),
        (date(2023, 6, 1), date(2023, 12, 31), set()),
        (date(2025, 1, 1), date(2025, 1, 1), set()),
        (date(2021, 6, 1), None, {"carried_in", "carried_out"}),
    ],
)
def test_the_first_and_the_last_day_belong_to_the_year(
    app: OfficeApp, opened: date, closed: date | None, counted: set[str]
) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open("request", "A1", opened, KIND)
        if closed:
            uow.cases.close(case, "granted", closed)
    made = annual_report(app, 2024).report
    rows = {row.key for row in load_form().rows3}
    assert {row for row in rows if made.figures[f"table3.{row}.business"]} == counted


def test_facts_of_one_day_have_one_order_however_they_were_entered() -> None:
    day = date(2024, 3, 4)
    opened = Opened(case=1, happened_on=day, kind="request", reference="1", facts=KIND)
    steps = [Stepped(case=1, happened_on=day, step=step) for step in ("handled", "archived", "examined")]
    closed = Closed(case=1, happened_on=day, outcome="granted")
    orders = ([opened, *steps, closed], [closed, *steps[::-1], opened])
    stories = [[record for _, record in fold_case(1, entries_of(order)).timeline] for order in orders]
    assert stories[0] == stories[1]


def test_instants_never_fall_back_in_the_log(app: OfficeApp) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.open("request", "A1", date(2024, 3, 4), KIND)
    app.clock.leap(timedelta(minutes=-30))  # type: ignore[attr-defined]
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.open("request", "A2", date(2024, 3, 4), KIND)
    with app.log() as log:
        one, two = (entry.recorded_at for entry in log.read())
    assert one == two
