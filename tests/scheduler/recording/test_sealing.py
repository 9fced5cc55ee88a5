"""A sealed year stays as it was published: what would move it is refused, and what is true and late stands beside it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.services.annual_reports import annual_report, sealed_years
from bot.services.app import create_office, open_app
from config import shipped_data
from config.clock import manual_clock
from config.errors import Refusal
from scheduler.recording.sealing import (
    FiguresMoved,
    OutOfTurn,
    SealAlone,
    SealedAlready,
    YearNotOver,
    YearSealed,
)
from storage.eventlog.projections import CaseProjections
from storage.events.events import Opened
from storage.events.office_events import Counted, Restated
from storage.report_checks.figures import check_figures
from storage.report_checks.previous import check_previous
from storage.reporting.statistics import count_year, figures_of, period_of
from tests.draws import examples
from tests.scheduler.recording.stories import FACTS, GRANTED, IN, OUT, RECEIVED, YEAR, played, sealed
from tests.town import case_number, log_end, recorded


@pytest.fixture
def town(app):
    played(app)
    return app


def corrections(app, year=YEAR):
    found = sealed_years(app).corrections(year, shipped_data.load_form())
    return {one.figure: (one.published, one.now) for one in found}


MOVERS = {
    "a request received": lambda uow: uow.cases.open("request", "3", date(2025, 7, 1), FACTS),
    "a result": lambda uow: uow.cases.close(2, "granted", date(2025, 12, 30), {"source": "register"}),
    "a licence": lambda uow: uow.registers.count("licence", date(2025, 8, 1), quantity=1),
    "a fee": lambda uow: uow.registers.count(
        "information_fee", date(2025, 8, 1), amount_yuan=Decimal("0.01")
    ),
    "a document that moves a stock": lambda uow: uow.registers.count(
        "normative_document_issued", date(2025, 8, 1), quantity=1
    ),
    "a count of a stock": lambda uow: uow.registers.count(
        "normative_documents_in_force", date(2025, 8, 1), quantity=9
    ),
    "a training": lambda uow: uow.registers.record_activity("training", date(2025, 8, 1), "培训", 3),
    "a request struck out": lambda uow: uow.corrections.amend(1, "重复"),
    "a request of another day": lambda uow: uow.corrections.amend(
        3,
        "日期写错",
        Opened(case=2, happened_on=date(2026, 1, 4), kind="request", reference="2", facts=FACTS),
    ),
    "a count put right": lambda uow: uow.corrections.amend(
        4, "数错", Counted(happened_on=date(2025, 5, 5), matter="licence", quantity=8)
    ),
}


@pytest.mark.parametrize("act", MOVERS.values(), ids=MOVERS)
def test_what_would_move_a_sealed_figure_is_refused_unless_it_says_why_it_is_late(town, act):
    published, before = sealed(town), log_end(town)
    with pytest.raises(YearSealed, match="--late"):
        recorded(town, act)
    assert (log_end(town), annual_report(town, YEAR).report.figures) == (before, published.figures)
    entries = recorded(town, act, late_reason="补记")
    assert [type(entry.record) for entry in entries[1:]] == [Restated]
    assert annual_report(town, YEAR).report == published
    assert corrections(town)


def test_what_moves_nothing_is_recorded_as_ever(town):
    sealed(town)
    recorded(town, lambda uow: uow.cases.open("request", "4", date(2026, 1, 6), FACTS))
    recorded(town, lambda uow: uow.cases.close(2, "granted", date(2026, 1, 8), {"source": "register"}))
    recorded(
        town,
        lambda uow: uow.cases.step(1, "merged_in", date(2025, 4, 1), {"double": 2, "source": "register"}),
    )
    recorded(town, lambda uow: uow.registers.count("licence", date(2026, 1, 1), quantity=1))
    assert (corrections(town), sealed_years(town).late_corrections) == ({}, ())


def test_a_late_fact_stands_beside_the_published_figure_with_its_entries(town):
    sealed(town)
    entries = recorded(
        town, lambda uow: uow.cases.open("request", "3", date(2025, 7, 1), FACTS), late_reason="村里迟交"
    )
    found = sealed_years(town).corrections(YEAR, shipped_data.load_form())
    assert corrections(town)[RECEIVED] == (2, 3)
    assert corrections(town)["table3.received.total"] == (2, 3)
    assert {one.entries for one in found} == {(entries[0].position,)}
    assert {one.reasons for one in found} == {("村里迟交",)}


def test_the_next_year_takes_over_what_was_published_and_counts_what_came_late(town):
    published = sealed(town)
    recorded(town, lambda uow: uow.cases.open("request", "3", date(2025, 7, 1), FACTS), late_reason="迟交")
    recorded(town, lambda uow: uow.corrections.amend(1, "重复"), late_reason="重复登记")
    town.clock.set_day(date(2027, 1, 10))
    recorded(
        town,
        lambda uow: uow.cases.close(
            case_number(town, "request", "3"), "granted", date(2026, 2, 2), {"source": "register"}
        ),
    )
    made = annual_report(town, 2026).report
    assert (published.figures[OUT], made.figures[IN]) == (1, 1)
    assert (made.figures[RECEIVED], made.figures[GRANTED]) == (
        0,
        0,
    )  # one late, one struck out; so its result
    assert made.figures[OUT] == 1
    assert list(check_figures(made.figures, shipped_data.load_form())) == []
    assert list(check_previous(made, published, shipped_data.load_form())) == []


def test_a_correction_is_taken_over_by_one_year_only(town):
    sealed(town)
    recorded(town, lambda uow: uow.cases.open("request", "3", date(2025, 7, 1), FACTS), late_reason="迟交")
    town.clock.set_day(date(2027, 1, 10))
    assert annual_report(town, 2026).counts.entries[RECEIVED] == [
        sealed_years(town).late_corrections[0].entries[0]
    ]
    assert sealed(town, 2026).figures[RECEIVED] == 1
    town.clock.set_day(date(2028, 1, 10))
    made = annual_report(town, 2027).report
    assert (made.figures[RECEIVED], made.figures[IN]) == (0, 2)


def test_a_year_is_sealed_over_in_turn_alone_and_as_it_stands(town):
    with pytest.raises(YearNotOver):
        sealed(town, 2026)
    annual = annual_report(town, YEAR)
    report, tally = annual.report, annual.counts
    recorded(town, lambda uow: uow.registers.count("licence", date(2025, 8, 1), quantity=1))
    with pytest.raises(FiguresMoved):
        recorded(town, lambda uow: uow.registers.seal(report, tally.prose_figures, elsewhere=True))
    now, named = annual_report(town, YEAR).report, annual_report(town, YEAR).counts.prose_figures

    def with_a_fact(desk):
        desk.registers.seal(now, named, elsewhere=True)
        desk.registers.count("licence", date(2025, 8, 2), quantity=1)

    with pytest.raises(SealAlone):
        recorded(town, with_a_fact)
    sealed(town)
    with pytest.raises(SealedAlready):
        sealed(town)
    town.clock.set_day(date(2029, 1, 10))
    with pytest.raises(OutOfTurn):
        sealed(town, 2027)


def test_the_words_are_sealed_too(town):
    published = sealed(town)
    (town.home.path / "prose" / "overview.txt").write_text("改过的正文。", "utf-8")
    assert annual_report(town, YEAR).report == published
    assert annual_report(town, YEAR, as_of=date(2025, 6, 30)).report.section("overview").paragraphs == (
        "改过的正文。",
    )


days = st.dates(date(2024, 6, 1), date(2026, 6, 30))
acts = st.one_of(
    st.tuples(st.just("open"), days, st.integers(3, 9)),
    st.tuples(st.just("close"), days, st.integers(1, 6)),
    st.tuples(st.just("count"), days, st.integers(1, 5)),
    st.tuples(st.just("issue"), days, st.integers(1, 5)),
    st.tuples(st.just("stock"), days, st.integers(0, 9)),
    st.tuples(st.just("hold"), days, st.integers(0, 50)),
    st.tuples(st.just("strike"), days, st.integers(1, 12)),
)


def tried(app, act, late):
    what, day, value = act
    says = {
        "open": lambda uow: uow.cases.open("request", str(value), day, FACTS),
        "close": lambda uow: uow.cases.close(value, "granted", day, {"source": "register"}),
        "count": lambda uow: uow.registers.count("licence", day, quantity=value),
        "issue": lambda uow: uow.registers.count("normative_document_issued", day, quantity=value),
        "stock": lambda uow: uow.registers.count("normative_documents_in_force", day, quantity=value),
        "hold": lambda uow: uow.registers.record_activity("training", day, "培训", value),
        "strike": lambda uow: uow.corrections.amend(value, "不该有"),
    }
    try:
        recorded(app, says[what], late)
    except Refusal:
        return


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    return iter(
        create_office(tmp_path_factory.mktemp("town") / str(at), sample=True).path for at in range(1000)
    )


@settings(max_examples=examples(10), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(acts, st.sampled_from(["", "迟交"])), max_size=12))
def test_no_sequence_of_events_moves_a_sealed_report(founded, sequence):
    app = open_app(next(founded), clock=manual_clock(date(2026, 1, 20)))
    played(app)
    published = sealed(app)
    app.clock.set_day(date(2026, 7, 1))
    for act, late in sequence:
        tried(app, act, late)
    assert annual_report(app, YEAR).report == published
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        tally = count_year(index, app.duties, period_of(YEAR))
    live = {**figures_of(tally, shipped_data.load_form()), **tally.prose_figures}
    told = corrections(app)
    assert {name: told.get(name, (0, figure))[1] for name, figure in live.items() if name in told} == {
        name: live[name] for name in told
    }
    before = annual_report(app, YEAR).counts
    unsaid = {**published.figures, **before.prose_figures}
    assert {name for name in unsaid if unsaid[name] != live[name]} == set(told)
