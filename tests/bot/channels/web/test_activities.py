"""Activities on the page: recorded, mended, struck out; and what comes after its year was sealed."""

from datetime import date

import pytest

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from storage.content.applicant import Applicant
from storage.events.office_events import ActivityHeld, Counted, Restated
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.recording.stories import played, sealed

TYPED = {"day": "2026-11-20", "kind": "training", "called": "条例培训", "quantity": "20", "evidence": "柜3"}


@pytest.fixture
def after_the_seal(app: OfficeApp) -> Visitor:
    """The clerk, once last year's report is sealed."""
    played(app)
    sealed(app)
    return Visitor(app).join("clerk")


def test_an_activity_is_recorded_and_told_with_its_figures(app: OfficeApp, clerk: Visitor) -> None:
    assert "还没有记录活动" in clerk.go("/activities")
    (entry,) = clerk.send("hold", **TYPED)
    assert entry.record == ActivityHeld(
        happened_on=date(2026, 11, 20), matter="training", title="条例培训", reached=20, evidence="柜3"
    )
    assert "业务培训“条例培训” · 参加（或答卷、接听）数 20 · 材料放在哪里 柜3" in clerk.text
    assert "业务培训：1 次，合计 20。 training_times training_people" in clerk.text
    assert annual_report(app, 2026).counts.prose_figures["training_people"] == 20


def test_a_button_pressed_twice_records_once(clerk: Visitor) -> None:
    clerk.go("/activities")
    fields = clerk.forms()["hold"].fields | TYPED
    for _ in range(2):
        clerk.client.post("/activities", data=fields)
    assert clerk.end() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": "2026-11-24"}, "还没有到"),
        ({"kind": ""}, "类别"),
        ({"kind": "party"}, "没有“party”这一类活动"),
        ({"called": ""}, "活动名称"),
        ({"quantity": "-1"}, "参加"),
    ],
)
def test_what_cannot_be_comes_back_as_it_was_typed(clerk: Visitor, wrong: dict[str, str], words: str) -> None:
    clerk.go("/activities")
    assert clerk.send("hold", **(TYPED | wrong)) == []
    assert (clerk.status, words in clerk.text) == (422, True)
    assert clerk.forms()["hold"].fields["evidence"] == "柜3"


def test_a_wrong_activity_is_mended_and_a_false_one_struck_out(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/activities")
    clerk.send("hold", **(TYPED | {"quantity": "200"}))
    clerk.go("/entries/1")
    form = clerk.forms()["mend"].fields
    assert (form["kind"], form["called"], form["quantity"]) == ("training", "条例培训", "200")
    (entry,) = clerk.send("mend", quantity="20", reason="多写一个零")
    assert (entry.record.right.reached, entry.record.right.evidence) == (20, "柜3")
    assert annual_report(app, 2026).counts.prose_figures["training_people"] == 20
    assert "多写一个零" in clerk.text
    clerk.send("strike", reason="没有开")
    assert annual_report(app, 2026).counts.prose_figures["training_times"] == 0
    clerk.go("/entries/1")
    assert "strike" not in clerk.forms()


def test_a_leader_looks_and_records_none(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/activities")
    clerk.send("hold", **TYPED)
    leader = Visitor(app).join("deputy_mayor")
    assert "条例培训" in leader.go("/activities")
    assert "hold" not in leader.forms()
    token = leader.forms()["/leave"].fields["token"]
    assert leader.client.post("/activities", data=TYPED | {"token": token}).status_code == 403
    assert leader.end() == 1


def test_before_any_year_is_sealed_nobody_is_asked_why_it_is_late(clerk: Visitor) -> None:
    for path in ("/activities", "/registers", "/new/request"):
        assert "补记原因" not in clerk.go(path)


def test_a_late_activity_is_refused_with_the_next_step_and_then_stands_beside_the_figure(
    app: OfficeApp, after_the_seal: Visitor
) -> None:
    clerk = after_the_seal
    clerk.go("/activities")
    late = TYPED | {"day": "2025-09-20"}
    assert clerk.send("hold", **late) == []
    assert clerk.status == 422
    assert "网页上填“补记原因”" in clerk.text
    held, restated = clerk.send("hold", **late, late="签到表后来才找到")
    assert isinstance(held.record, ActivityHeld)
    assert (type(restated.record), restated.record.reason) == (Restated, "签到表后来才找到")
    assert annual_report(app, 2025).counts.prose_figures["training_people"] == 30
    assert annual_report(app, 2026).counts.prose_figures["training_people"] == 20


def test_a_late_count_a_late_case_and_a_late_mending_too(after_the_seal: Visitor) -> None:
    clerk = after_the_seal
    clerk.go("/registers")
    counted, restated = clerk.send("licence", day="2025-12-30", quantity="1", late="漏报")
    assert (type(counted.record), type(restated.record)) == (Counted, Restated)
    clerk.go("/new/request")
    typed = {"reference": "9", "day": "2025-12-29", "fact__applicant_kind": "natural_person"}
    assert clerk.send("open", **typed) == []
    _, restated = clerk.send("open", **typed, late="信封压在柜里")
    assert "table3.received.natural_person" in restated.record.changes
    clerk.go("/entries/4")
    assert clerk.send("mend", quantity="8", reason="数错") == []
    _, restated = clerk.send("mend", quantity="8", reason="数错", late="复核时发现")
    assert restated.record.reason == "复核时发现"


def test_a_late_result_does_not_name_the_applicant(app: OfficeApp, after_the_seal: Visitor) -> None:
    clerk = after_the_seal
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.cases.save_applicant(2, Applicant(name="某某申请人"))
    clerk.go("/cases/2?late=1")
    typed = {"day": "2025-12-30", "outcome": "granted"}
    assert clerk.send("close", **typed, late="某某申请人来催") == []
    assert clerk.status == 422
    assert len(clerk.send("close", **typed, late="漏记")) == 2


def test_what_is_of_an_open_year_needs_no_reason(after_the_seal: Visitor) -> None:
    clerk = after_the_seal
    clerk.go("/activities")
    (entry,) = clerk.send("hold", **(TYPED | {"day": "2026-01-15"}), late="随手写的")
    assert isinstance(entry.record, ActivityHeld)
