"""Figures by the rules, on histories nobody chose: identities hold, late entry changes nothing it should not."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.app import shipped_duties
from config.declarations.requests.outcomes import OUTCOMES
from config.duties.dispute import ROUTES
from config.duties.request import APPLICANT_KINDS
from config.reporting.registers import REGISTERS
from config.shipped_data import load_form
from storage.eventlog.derived_rows import ProjectionSnapshot, derive_rows
from storage.events.case import fold_case
from storage.events.codec import canonical_entry, fingerprint
from storage.events.events import Amended, Closed, LogEntry, Opened, Record, case_of
from storage.events.office_events import Counted
from storage.reading.texts.wordlist_loader import load_wordlist
from storage.report_checks.check import check_report
from storage.reporting.report import Report
from storage.reporting.statistics import count_year, figures_of, period_of, sources_of
from tests.draws import examples

FORM, DUTIES, WORDING = load_form(), shipped_duties(), load_wordlist()
YEARS = (2023, 2024, 2025)
DAYS = st.dates(date(2022, 1, 1), date(2025, 12, 31))
FLOWS = [register.key for register in REGISTERS if not register.stock]


COUNTS = st.builds(
    Counted,
    happened_on=DAYS,
    matter=st.sampled_from(FLOWS),
    quantity=st.integers(0, 50),
    amount_yuan=st.integers(0, 10**9).map(lambda fen: Decimal(fen) / 100),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Record]:
    """Requests, disputes, counts; some closed, some corrected, some struck out."""
    records: list[Record] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        opened = draw(DAYS)
        if draw(st.booleans()):
            facts = {"applicant_kind": draw(st.sampled_from(sorted(APPLICANT_KINDS)))}
            kind, outcomes = "request", [outcome.key for outcome in OUTCOMES]
        else:
            facts = {"route": draw(st.sampled_from(sorted(ROUTES)))}
            kind, outcomes = "dispute", ["upheld", "corrected", "other"]
        records.append(Opened(case=number, happened_on=opened, kind=kind, reference=f"{number}", facts=facts))
        if draw(st.booleans()):
            day = opened + timedelta(days=draw(st.integers(0, 900)))
            records.append(Closed(case=number, happened_on=day, outcome=draw(st.sampled_from(outcomes))))
    records += draw(st.lists(COUNTS, max_size=6))
    for _ in range(draw(st.integers(0, 4))):
        records.append(_amendment(draw, records))
    return records


def _amendment(draw: st.DrawFn, records: Sequence[Record]) -> Amended:
    position = draw(st.integers(1, len(records)))
    target = records[position - 1]
    right = None
    if isinstance(target, Closed) and draw(st.booleans()):
        right = Closed(case=target.case, happened_on=target.happened_on, outcome=target.outcome)
    if isinstance(target, Amended):
        position, right = target.position, target.right
    case = case_of(records[position - 1])
    return Amended(
        happened_on=date(2025, 12, 31), case=case, position=position, reason="核对后更正", right=right
    )


def entries_of(records: Sequence[Record]) -> list[LogEntry]:
    """The records as a log holds them, one an hour."""
    start, before, entries = datetime(2022, 1, 1, tzinfo=UTC), "", []
    for place, record in enumerate(records, start=1):
        entry = LogEntry(
            office="town",
            position=place,
            recorded_at=start + timedelta(hours=place),
            actor="clerk",
            means="test",
            key=f"{place}",
            record=record,
            hash="",
        )
        before = fingerprint(before, canonical_entry(entry))
        entries.append(entry)
    return entries


def figures(records: Sequence[Record], year: int, as_of: date | None = None) -> dict[str, object]:
    rows = ProjectionSnapshot(*derive_rows(entries_of(records), DUTIES))
    return dict(figures_of(count_year(rows, DUTIES, period_of(year, as_of)), FORM))


def report(records: Sequence[Record], year: int) -> Report:
    return Report(agency="某镇人民政府", year=year, edition="2021", figures=figures(records, year))  # type: ignore[arg-type]


@given(histories())
def test_every_identity_holds_for_any_history(records: list[Record]) -> None:
    for last, this in pairwise(YEARS):
        findings = check_report(report(records, this), FORM, previous=report(records, last), wording=WORDING)
        errors = [finding for finding in findings if finding.severity == "error"]
        assert [error for error in errors if error.rule != "cells.negative"] == []


@given(histories(), histories(), st.dates(date(2023, 1, 1), date(2025, 12, 31)))
def test_a_report_as_of_a_day_never_changes_when_later_events_arrive(
    records: list[Record], more: list[Record], day: date
) -> None:
    later = [_moved(record, day) for record in more]
    known = [record for record in later if record is not None]
    assert figures(records, day.year, day) == figures([*records, *known], day.year, day)


def _moved(record: Record, day: date) -> Record | None:
    """The same fact as another case, happening after the day."""
    after = day + timedelta(days=1 + abs((record.happened_on - date(2022, 1, 1)).days))
    if isinstance(record, Opened):
        case = record.case + 1000
        return Opened(
            case=case, happened_on=after, kind=record.kind, reference=f"l{case}", facts=record.facts
        )
    if isinstance(record, Counted):
        return Counted(
            happened_on=after, matter=record.matter, quantity=record.quantity, amount_yuan=record.amount_yuan
        )
    return None


@given(histories(), st.integers(0, 40))
def test_folding_in_two_parts_equals_folding_in_one(records: list[Record], cut: int) -> None:
    entries = entries_of(records)
    for number in {case_of(record) for record in records} - {0}:
        mine = [entry for entry in entries if case_of(entry.record) == number]
        assert fold_case(number, mine[:cut]).apply(mine[cut:]) == fold_case(number, mine)


@given(histories())
@settings(max_examples=examples(30))
def test_every_figure_of_a_case_table_is_as_many_cases_as_it_names(records: list[Record]) -> None:
    tally = count_year(ProjectionSnapshot(*derive_rows(entries_of(records), DUTIES)), DUTIES, period_of(2024))
    counted = figures_of(tally, FORM)
    for cell in FORM.cells:
        if not cell.startswith("table2"):
            cases, _ = sources_of(cell, tally, FORM)
            assert len(cases) == counted[cell], cell


def test_a_request_is_received_on_one_day_and_concluded_on_another() -> None:
    kind = {"applicant_kind": "business"}
    records = [
        Opened(case=1, happened_on=date(2023, 12, 29), kind="request", reference="1", facts=kind),
        Closed(case=1, happened_on=date(2024, 1, 5), outcome="granted"),
        Opened(case=2, happened_on=date(2024, 12, 31), kind="request", reference="2", facts=kind),
    ]
    found = {cell: figure for cell, figure in figures(records, 2024).items() if figure and "business" in cell}
    assert found == {
        "table3.received.business": 1,
        "table3.carried_in.business": 1,
        "table3.granted.business": 1,
        "table3.results_total.business": 1,
        "table3.carried_out.business": 1,
    }


def test_a_case_open_over_two_new_years_is_carried_through_the_year_between() -> None:
    records = [
        Opened(
            case=1,
            happened_on=date(2022, 5, 1),
            kind="dispute",
            reference="1",
            facts={"route": "reconsideration"},
        ),
        Closed(case=1, happened_on=date(2024, 5, 1), outcome="corrected"),
    ]
    pending, corrected = "table4.reconsideration.pending", "table4.reconsideration.corrected"
    assert [(figures(records, year)[pending], figures(records, year)[corrected]) for year in (2022, 2023, 2024, 2025)] == [
        (1, 0), (1, 0), (0, 1), (0, 0),
    ]  # fmt: skip


def test_a_stock_moves_on_from_its_count_and_back_from_a_later_one() -> None:
    def count(day: date, matter: str, quantity: int) -> Counted:
        return Counted(happened_on=day, matter=matter, quantity=quantity)

    records = [
        count(date(2023, 12, 31), "normative_documents_in_force", 7),
        count(date(2024, 3, 1), "normative_document_issued", 3),
        count(date(2024, 6, 1), "normative_document_repealed", 1),
        count(date(2023, 12, 31), "normative_document_issued", 5),  # the count of that evening includes it
        count(date(2023, 2, 1), "normative_document_issued", 2),
    ]
    cell = "table2.normative_documents.in_force"
    assert [figures(records, year)[cell] for year in (2022, 2023, 2024, 2025)] == [0, 7, 9, 9]


def test_a_count_that_the_older_one_does_not_explain_is_shown() -> None:
    def stock(day: date, quantity: int) -> Counted:
        return Counted(happened_on=day, matter="normative_documents_in_force", quantity=quantity)

    rows = ProjectionSnapshot(
        *derive_rows(entries_of([stock(date(2023, 12, 31), 7), stock(date(2024, 12, 31), 5)]), DUTIES)
    )
    tally = count_year(rows, DUTIES, period_of(2024))
    assert [(found.rule, found.found, found.expected) for found in tally.findings] == [
        ("statistics.stock_jump", "5", "7")
    ]


def test_money_is_exact_in_ten_thousands() -> None:
    fees = [
        Counted(happened_on=date(2024, 1, day), matter="administrative_fee", amount_yuan=Decimal("0.01"))
        for day in (1, 2, 3)
    ]
    assert figures(fees, 2024)["table2.administrative_fees.amount_10k_yuan"] == Decimal("0.000003")


def test_information_fees_stand_in_no_cell() -> None:
    fee = Counted(happened_on=date(2024, 1, 1), matter="information_fee", amount_yuan=Decimal("100.50"))
    tally = count_year(ProjectionSnapshot(*derive_rows(entries_of([fee]), DUTIES)), DUTIES, period_of(2024))
    assert tally.fee_yuan == Decimal("100.50")
    assert not any(figures_of(tally, FORM).values())


def test_a_kind_nobody_declared_is_reported_and_not_counted() -> None:
    rows = ProjectionSnapshot(
        *derive_rows(
            entries_of([Opened(case=1, happened_on=date(2024, 1, 1), kind="riddle", reference="1")]), DUTIES
        )
    )
    tally = count_year(rows, DUTIES, period_of(2024))
    assert [found.rule for found in tally.findings] == ["statistics.unknown_kind"]
