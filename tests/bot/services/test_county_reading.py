"""What the office lists is read by the county before it is published, and a message is answered by the office's rule."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from config.office.model import CountyReading
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.signing_rights import signers
from scheduler.terms.deadlines import due_date
from scheduler.validation.conditions import blocked_by
from scheduler.validation.violations import NotTold, OutOfOrder
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.events.delegations import Absences
from storage.events.manifest import Manifest, manifest_attachment
from tests.scheduler.signoff.town import DAY, FACTS, draft, publish, sign_all, waiting
from tests.town import case_by_number, record, with_office

CONTENT = b"report"
PAPER = manifest_attachment("report.docx", CONTENT)
MATTER = {"name": "预算", "subject": "20_7", "owner": "clerk", "days": 20, "unit": "calendar"}


@pytest.fixture
def county(app):
    """The office whose county reads the annual report and the budget first."""
    return with_office(app, replace(app.office, county_first=CountyReading(report=True, matters=("预算",))))


def opened(app, kind, reference, facts):
    return record(app, lambda uow: uow.cases.open(kind, reference, DAY, facts))


def step(app, case, key, **facts):
    record(app, lambda uow: uow.cases.step(case, key, DAY, facts))


def budget(app, matter="预算"):
    opened(app, "matter", "预算", MATTER)
    return opened(app, "publication", "预算公开", {**FACTS, "matter": matter} if matter else FACTS)


def test_a_text_on_a_listed_matter_waits_for_the_county_although_it_is_signed(county):
    case = budget(county)
    assert case_by_number(county, case).facts["county_first"] == "yes"
    draft(county, case)
    sign_all(county, case)
    assert WaitKind.RELEASE not in {what for what, _who, _until in waiting(county, case)}
    with pytest.raises(OutOfOrder, match="县里同意"):
        publish(county, case)
    step(county, case, "sent_up", to="县政务公开办")
    step(county, case, "county_returned", reason="缺说明", file="柜1")
    with pytest.raises(OutOfOrder):
        publish(county, case)
    step(county, case, "county_approved", file="柜2")
    assert WaitKind.RELEASE in {what for what, _who, _until in waiting(county, case)}
    publish(county, case)


def test_a_text_on_another_matter_or_of_another_office_is_published_at_once(app, county):
    assert "county_first" not in case_by_number(county, budget(county, "")).facts
    other = opened(app, "publication", "又一篇", {**FACTS, "matter": "预算"})
    assert "county_first" not in case_by_number(app, other).facts


REPORT = {"year": 2026, "rule": "fixed", "month": 1, "number": 31, "moves": "before"}


def test_the_annual_report_is_published_only_once_the_county_approved_it(county):
    case = opened(county, "annual_report", "2026/report", REPORT)
    assert case_by_number(county, case).facts["county_first"] == "yes"
    duty = county.duties["annual_report"]
    opening = case_by_number(county, case).facts
    assert blocked_by(duty, opening, {"submitted"}) == {"published": "county_approved"}
    assert blocked_by(duty, opening, {"submitted", "county_approved"}) == {}
    assert blocked_by(duty, {**opening, "county_first": ""}, set()) == {}


def test_a_message_is_answered_by_the_office_s_own_rule_and_never_after_three_months(app):
    days = {0: date(2026, 11, 23), 10: date(2026, 11, 16), 99: date(2027, 2, 2)}
    facts = {"matter": "村口路灯不亮", "came_by": "website"}

    def answered_by(own: int) -> date | None:
        town = with_office(app, replace(app.office, message_days=own))

        def open_case(uow: UnitOfWork) -> int:
            return uow.cases.open("message", f"留言{own}", date(2026, 11, 2), facts)

        case = case_by_number(town, record(town, open_case))
        return due_date(case.records, town.duties["message"], town.calendar).day

    assert {own: answered_by(own) for own in days} == days


def sign_stage(case, who, stage, digest, uow):
    uow.signoff.sign(case, who, stage, digest)


def test_a_signed_report_is_first_sent_up_and_only_its_publication_waits_for_the_county(county):
    case = opened(county, "annual_report", "2026/report", REPORT)
    step(county, case, "checked", report=PAPER.sha256)
    text = Manifest(title="年度报告", attachments=(PAPER,))
    record(county, lambda uow: uow.signoff.draft(case, "clerk", text, [CONTENT]))
    duty = county.duties["annual_report"]
    while (state := approval_state_of_case(county.office, case_by_number(county, case), duty)).stage:
        who, stage = signers(state, county.office)[0].id, state.stage.name
        record(county, partial(sign_stage, case, who, stage, text.digest), by=who)
    pending = pending_actions(case_by_number(county, case), duty, county.office, county.calendar, Absences())
    assert WaitKind.RELEASE in {action.what for action in pending}
    step(county, case, "submitted", to="县政务公开办")
    with pytest.raises((OutOfOrder, NotTold)):
        step(county, case, "published", address="https://www.zhaoduba.example/1.html")
