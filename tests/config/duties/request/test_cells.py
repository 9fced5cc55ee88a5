"""Closing a request by its result moves exactly the right cells of table 3, for every result and applicant."""

from datetime import date

import pytest

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from config.duties.request import APPLICANT_KINDS, DUTY
from storage.reporting.report import Figure

DAY = date(2026, 3, 2)
ROWS = {
    "already_public": "granted",
    "not_existing": "not_held",
}  # two items of art. 36 in one row of the form
BEFORE = {
    "still_unclear": (("correction_asked", {"items": "名称", "until": "2026-03-20"}), ("corrected", {})),
    "correction_overdue": (("correction_asked", {"items": "名称", "until": "2026-03-20"}),),
    "fee_unpaid": (("fee_noticed", {"amount_yuan": "100"}),),
    "excessive": (("reasons_asked", {}),),
}


def figures(app: OfficeApp) -> dict[str, Figure]:
    made = annual_report(app, 2026).report
    return dict(made.figures)


def open_request(app: OfficeApp, kind: str, outcome: str) -> int:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        case = uow.cases.open("request", "A1", DAY, {"applicant_kind": kind})
        for step, facts in BEFORE.get(outcome, ()):
            uow.cases.step(case, step, date(2026, 3, 5), facts)
    return case


@pytest.mark.parametrize("outcome", [outcome.key for outcome in DUTY.outcomes])
def test_a_result_moves_its_own_cell_the_totals_and_what_is_carried(app: OfficeApp, outcome: str) -> None:
    place = [each.key for each in DUTY.outcomes].index(outcome)
    kind = sorted(APPLICANT_KINDS)[place % len(APPLICANT_KINDS)]
    case = open_request(app, kind, outcome)
    before = figures(app)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.close(case, outcome, date(2026, 5, 6))
    after = figures(app)
    moved = {cell: after[cell] - before[cell] for cell in after if after[cell] != before[cell]}  # type: ignore[operator]
    row = ROWS.get(outcome, outcome)
    rows = {row: 1, "results_total": 1, "carried_out": -1}
    assert moved == {f"table3.{row}.{column}": by for row, by in rows.items() for column in (kind, "total")}


@pytest.mark.parametrize("kind", sorted(APPLICANT_KINDS))
def test_every_kind_of_applicant_has_its_column(app: OfficeApp, kind: str) -> None:
    before = figures(app)
    open_request(app, kind, "granted")
    after = figures(app)
    moved = {cell for cell in after if after[cell] != before[cell]}
    assert moved == {
        f"table3.{row}.{column}" for row in ("received", "carried_out") for column in (kind, "total")
    }
