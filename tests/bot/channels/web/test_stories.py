"""A request from receipt to answer through the forms alone; each act adds one entry to the log, and no more."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from scheduler.terms.deadlines import due_date
from storage.content.applicant_store import ApplicantStore
from storage.events.case import Case, fold_case
from storage.events.events import Amended, Closed, Opened, Stepped
from storage.events.office_events import Counted
from tests.bot.channels.web.visitor import Visitor


def _case(app: OfficeApp, number: int) -> Case:
    with app.log() as log:
        return fold_case(number, log.read(cases=[number]))


def _due(app: OfficeApp, number: int) -> date | None:
    story = [record for _, record in _case(app, number).timeline]
    return due_date(story, app.duties["request"], app.known_calendar()).day


def test_a_request_from_receipt_to_answer(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/request")
    facts = {"fact__applicant_kind": "business", "fact__channel": "courier"}
    (entry,) = clerk.send("open", reference="召公开〔2026〕7号", day="2026-11-02", **facts)
    assert replace(entry.record, ladder="") == Opened(
        case=1,
        happened_on=date(2026, 11, 2),
        kind="request",
        reference="召公开〔2026〕7号",
        facts={"applicant_kind": "business", "channel": "courier"},
    )
    assert (entry.actor, entry.means) == ("clerk", "page")
    assert "已记录 №1" in clerk.text
    assert _due(app, 1) == date(2026, 11, 30)
    assert "答复期限 2026-11-30（周一）" in clerk.text

    asked = {"fact__items": "信息名称", "fact__until": "2026-11-20"}
    (entry,) = clerk.send("step.correction_asked", day="2026-11-05", **asked)
    assert entry.record == Stepped(
        case=1,
        happened_on=date(2026, 11, 5),
        step="correction_asked",
        facts={"items": "信息名称", "until": "2026-11-20"},
    )
    assert "等待申请人补正 补正期限 2026-11-20（周五） 答复期限最迟" in clerk.text
    assert "step.correction_asked" not in clerk.forms()  # 补正 is possible once

    (entry,) = clerk.send("step.corrected", day="2026-11-16")
    assert entry.record == Stepped(case=1, happened_on=date(2026, 11, 16), step="corrected")
    assert _due(app, 1) == date(2026, 12, 14)

    consent = {"fact__days": "10", "fact__reason": "查阅档案", "fact__notified_on": "2026-11-23"}
    consent["fact__consent_evidence"] = "签批单 12 号"
    assert (
        clerk.forms()["step.extended"].fields["fact.consented_by"] == "office_director"
    )  # the only one who may
    (entry,) = clerk.send("step.extended", day="2026-11-23", **consent)
    assert entry.record.facts == {
        "days": 10,
        "consented_by": "office_director",
        "reason": "查阅档案",
        "notified_on": "2026-11-23",
        "consent_evidence": "签批单 12 号",
    }
    labels = re.findall(r"<label[^>]*>([^<]+?)\s*<", clerk.go(f"/entries/{entry.position}"))
    assert [labels.count(one) for one in ("理由", "为什么更正", "为什么撤销")] == [1, 1, 1]
    clerk.go("/cases/1")
    assert _due(app, 1) == date(2026, 12, 28)

    (entry,) = clerk.send("close", day="2026-11-23", outcome="granted")
    assert entry.record == Closed(case=1, happened_on=date(2026, 11, 23), outcome="granted")
    assert "已办结" in clerk.text
    assert "close" not in clerk.forms()
    assert clerk.end() == 5
    annual = annual_report(app, 2026)
    made, tally = annual.report, annual.counts
    assert made.figures["table3.granted.business"] == 1
    assert tally.cases["table3.granted.business"] == [1]


def test_an_answer_is_asked_for_by_whom_it_is_awaited_from(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    assert "step.consultation_ended" not in clerk.forms()
    clerk.send("step.consulted", day="2026-11-04", fact__with="某公司", fact__party="third_party")
    form = clerk.forms()["step.consultation_ended"]
    assert form.choices["fact.with"] == ["", "某公司"]
    (entry,) = clerk.send("step.consultation_ended", day="2026-11-09", fact__opinion="refused")
    assert entry.record.facts == {"with": "某公司", "opinion": "refused"}
    assert "step.consultation_ended" not in clerk.forms()  # nobody is waited for any more


def test_a_dispute_is_registered_and_concluded(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/dispute")
    assert "private.name" not in clerk.forms()["open"].fields
    (entry,) = clerk.send("open", reference="复议1", day="2026-10-12", fact__route="reconsideration")
    assert entry.record.facts == {"route": "reconsideration"}
    (entry,) = clerk.send("close", day="2026-11-20", outcome="upheld")
    assert annual_report(app, 2026).report.figures["table4.reconsideration.upheld"] == 1


def test_a_wrong_entry_is_mended_and_stays_readable(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    clerk.go("/entries/1")
    form = clerk.forms()["mend"].fields
    assert (form["reference"], form["day"]) == ("召公开〔2026〕1号", "2026-11-02")
    (entry,) = clerk.send("mend", day="2026-11-03", reason="看错了邮戳")
    assert isinstance(entry.record, Amended)
    assert (entry.record.position, entry.record.reason) == (1, "看错了邮戳")
    assert _case(app, request_case).opening.happened_on == date(2026, 11, 3)
    assert "2026-11-02（周一）" in clerk.text
    assert "看错了邮戳" in clerk.text
    assert "<del" in clerk.shown.text


def test_a_struck_registration_voids_the_case_and_can_be_restored(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    clerk.go("/entries/1")
    (entry,) = clerk.send("strike", reason="重复登记")
    assert entry.record.right is None
    assert "已经撤销" in clerk.text
    assert "close" not in clerk.forms()
    clerk.go("/entries/1")
    assert "strike" not in clerk.forms()
    clerk.send("mend", reason="并非重复")
    assert _case(app, request_case).opening.reference == "召公开〔2026〕1号"


def test_counting_is_one_line(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/registers")
    (entry,) = clerk.send("licence", day="2026-11-20", quantity="3")
    assert entry.record == Counted(happened_on=date(2026, 11, 20), matter="licence", quantity=3)
    assert "今年已计 3" in clerk.text
    (entry,) = clerk.send("administrative_fee", day="2026-11-20", amount="1234.50")
    assert entry.record.amount_yuan == Decimal("1234.5")
    figures = annual_report(app, 2026).report.figures
    assert figures["table2.licences.decisions"] == 3
    assert figures["table2.administrative_fees.amount_10k_yuan"] == Decimal("0.12345")


def test_a_wrong_count_is_mended(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/registers")
    clerk.send("penalty", day="2026-11-20", quantity="30")
    clerk.go("/entries/1")
    (entry,) = clerk.send("mend", quantity="3", reason="多写了一个零")
    assert entry.record.right.quantity == 3
    assert annual_report(app, 2026).report.figures["table2.penalties.decisions"] == 3
    assert "多写了一个零" in clerk.text


def test_what_identifies_the_applicant_is_kept_apart_and_masked(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/request")
    typed = {"private__name": "甲乙丙丁申请人", "private__contact": "13800001234"}
    (entry,) = clerk.send(
        "open", reference="1", day="2026-11-02", fact__applicant_kind="natural_person", **typed
    )
    assert "甲乙丙丁" not in repr(entry)
    assert "甲乙丙丁" not in clerk.shown.text
    assert "13800001234" not in clerk.shown.text
    assert "138**1234" in clerk.text
    gained = clerk.send("personal", private__address="辽宁省朝阳市某某小区")
    assert gained == []  # nothing of it, not even that it was mended, goes into the log
    with app.store.reading() as connection:
        kept = ApplicantStore(connection, app.office.slug).get(1)
    assert (kept.name, kept.address) == ("甲乙丙丁申请人", "辽宁省朝阳市某某小区")


def test_the_same_form_sent_twice_is_recorded_once(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    page = clerk.shown
    assert len(clerk.send("step.examined", day="2026-11-05")) == 1
    clerk.shown = page
    assert clerk.send("step.examined", day="2026-11-05") == []
    assert "没有重复记" in clerk.text


def test_a_new_case_sent_twice_is_one_case(clerk: Visitor) -> None:
    clerk.go("/new/dispute")
    page = clerk.shown
    clerk.send("open", reference="复议1", day="2026-10-12", fact__route="reconsideration")
    clerk.shown = page
    assert clerk.send("open", reference="复议1", day="2026-10-12", fact__route="reconsideration") == []
    assert clerk.shown.url.path == "/cases/1"


@pytest.mark.parametrize("act", ["step.examined", "close"])
def test_whoever_looked_at_an_older_state_is_told(
    app: OfficeApp, clerk: Visitor, request_case: int, act: str
) -> None:
    clerk.go(f"/cases/{request_case}")
    other = Visitor(app).join("office_director")
    other.go(f"/cases/{request_case}")
    other.send("step.handled", day="2026-11-06")
    typed = {"outcome": "granted"} if act == "close" else {}
    assert clerk.send(act, day="2026-11-06", **typed) == []
    assert clerk.status == 422
    assert "刚才有人先记下了别的内容" in clerk.text
    assert len(clerk.send(act)) == 1  # having seen it, once more


def test_a_late_entry_of_an_earlier_step_can_be_made(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    clerk.send("close", day="2026-11-20", outcome="granted")
    assert "step.handled" not in clerk.forms()
    clerk.go(f"/cases/{request_case}?late=1")
    (entry,) = clerk.send("step.handled", day="2026-11-10")
    assert entry.record.happened_on == date(2026, 11, 10)


def test_what_was_answered_in_time_does_not_turn_late(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    clerk.go(f"/cases/{request_case}")
    clerk.send("close", day="2026-11-20", outcome="granted")
    app.clock.set_day(date(2026, 12, 15))
    clerk.go(f"/cases/{request_case}")
    assert "2026-11-30（周一） 已办结" in clerk.text
    assert "overdue" not in clerk.shown.text


@pytest.mark.usefixtures("request_case")
def test_two_who_mend_one_entry_do_not_overwrite_each_other(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/entries/1")
    other = Visitor(app).join("office_director")
    other.go("/entries/1")
    assert len(other.send("mend", day="2026-11-03", reason="邮戳")) == 1
    assert clerk.send("mend", day="2026-11-04", reason="签收单") == []
    assert "刚才有人先记下了别的内容" in clerk.text
    assert clerk.forms()["mend"].fields["reason"] == "签收单"


def test_what_came_from_a_paper_register_stays_marked_so(app: OfficeApp, clerk: Visitor) -> None:
    with app.recorder.transaction(actor="clerk", means="import") as uow:
        uow.cases.open(
            "dispute", "旧1", date(2026, 10, 12), {"route": "reconsideration", "source": "register"}
        )
    clerk.go("/entries/1")
    (entry,) = clerk.send("mend", day="2026-10-13", reason="抄错")
    assert entry.record.right.facts == {"route": "reconsideration", "source": "register"}
