"""What the page of a case offers first, wherever the case stands, and what an act would move before it is recorded."""

import re
from datetime import date

import pytest

from bot.services.app import OfficeApp, shipped_duties
from scheduler.worklist.next_reference import next_reference
from tests.bot.channels.web.test_versions import lay_down
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import FACTS
from tests.town import log_end, transaction


def _offered(visitor: Visitor) -> list[str]:
    """The acts that are offered before 更多, in their order."""
    acts = visitor.shown.text.partition('id="acts"')[2].partition('id="more"')[0].partition("</section>")[0]
    return re.findall(r'<details class="step[^"]*" id="([\w.]+)"|action="/cases/\d+/(answer)"', acts)


def _keys(visitor: Visitor) -> list[str]:
    return [one or other for one, other in _offered(visitor)]


def _stage(visitor: Visitor) -> str:
    return re.search(r'<li class="now"[^>]*>.*?</span>\s*([^<]+)', visitor.shown.text)[1].strip()


def test_a_request_offers_what_its_day_and_place_ask_for(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    app.clock.set_day(date(2026, 11, 5))
    clerk.go(f"/cases/{request_case}")
    assert f"/cases/{request_case}/evidence" not in clerk.forms()  # no step of a request is a file alone
    assert (_stage(clerk), _keys(clerk)) == ("拟稿", ["answer", "step.correction_asked", "step.consulted"])
    app.clock.set_day(date(2026, 11, 24))  # the seven days for a correction are over, the term nearly
    clerk.go(f"/cases/{request_case}")
    assert _keys(clerk) == ["answer", "step.extension_asked", "step.consulted"]
    clerk.send("step.consulted", fact__with="某公司", fact__party="third_party")
    assert (_keys(clerk), "等待征求意见" in clerk.text) == (["step.consultation_ended"], True)
    clerk.send("step.consultation_ended", fact__opinion="agreed")
    lay_down(clerk, request_case, "予以公开")
    clerk.go(f"/cases/{request_case}")
    assert (_stage(clerk), _keys(clerk)) == ("审签", [])
    assert f'href="/texts/{request_case}"' in clerk.shown.text
    for who in ("secrecy_officer", "office_director", "deputy_mayor"):
        signer = Visitor(app).join(who)
        signer.go(f"/texts/{request_case}")
        signer.send("sign")
    clerk.go(f"/cases/{request_case}")
    assert (_stage(clerk), _keys(clerk)) == ("办结", ["close"])
    clerk.send("close")
    assert (_stage(clerk), _keys(clerk)) == ("送达", ["step.delivered", "step.archived"])
    clerk.send("step.delivered", fact__how="in_person")
    assert (_stage(clerk), _keys(clerk)) == ("归档", ["step.archived"])
    clerk.send("step.archived")
    assert _keys(clerk) == []
    assert 'class="now"' not in clerk.shown.text


def test_a_text_is_released_once_it_is_signed(app: OfficeApp, clerk: Visitor) -> None:
    with transaction(app) as uow:
        case = uow.cases.open("publication", "公示", date(2026, 11, 23), FACTS | {"title": "公示"})
    clerk.go(f"/cases/{case}")
    assert "step.published" not in _keys(clerk)
    assert f'href="/texts/{case}/draft"' in clerk.shown.text


def test_a_step_says_what_it_moves_before_it_is_recorded(
    app: OfficeApp, clerk: Visitor, request_case: int
) -> None:
    before, moves = log_end(app), f"/cases/{request_case}/moves?act="
    for day in ("2026-11-23", "11月23日"):
        extended = f"{moves}step.extended&day={day}&fact.reason=x&fact.consented_by=office_director"
        extended += "&fact.notified_on=2026-11-23&fact.consent_evidence=x&fact.days="
        assert "2026-11-30（周一） 改为 2026-12-14（周一）" in clerk.go(extended + "10")
        assert "延期总共不得超过20个工作日" in clerk.go(extended + "30")
        assert clerk.go(f"{moves}nothing&day={day}") == ""
        assert "2026-12-21" in clerk.go(f"/new/request/moves?act=open&day={day}")
    asked = f"{moves}step.correction_asked&day=2026-11-05&fact.items=x&fact.until=2026-12-01"
    assert "停算" in clerk.go(asked)
    assert clerk.go(f"{moves}step.extended&day=") == ""
    assert log_end(app) == before


def test_the_form_of_a_new_request_knows_its_number_and_its_last_day(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/request")
    assert clerk.forms()["open"].fields["reference"] == f"{app.office.short_name}公开〔2026〕1号"
    assert "2026-12-21" in clerk.text
    other = Visitor(app).join("clerk")
    other.go("/new/request")
    clerk.send("open", fact__applicant_kind="business")
    other.send("open", fact__applicant_kind="business")  # the number it was shown is taken meanwhile
    assert f"{app.office.short_name}公开〔2026〕2号" in other.text
    other.go("/new/request")
    assert (
        other.send(
            "open", reference=f"{app.office.short_name}公开〔2026〕2号", fact__applicant_kind="business"
        )
        == []
    )
    assert other.status == 422  # a number somebody wrote themselves is theirs to change


@pytest.mark.parametrize(
    ("newest", "wanted"),
    [
        (["召公开〔2026〕9号", "召公开〔2026〕10号"], "召公开〔2026〕11号"),
        (["召公开〔2025〕31号"], "召公开〔2026〕1号"),
        (["召开(2026)007"], "召开(2026)008"),
        (["其他", "召公开〔2026〕3号"], "召公开〔2026〕4号"),
        (["甲", "乙"], ""),
        (["关于（2026-11）的公示"], ""),
    ],
)
def test_the_next_number_follows_the_office_s_own_register(newest: list[str], wanted: str) -> None:
    assert next_reference(newest, shipped_duties()["request"], date(2026, 11, 23), "召镇") == wanted


def test_every_kind_shows_where_its_case_stands(app: OfficeApp, clerk: Visitor) -> None:
    with transaction(app) as uow:
        opened = [
            uow.cases.open("dispute", "复议1", date(2026, 11, 2), {"route": "reconsideration"}),
            uow.cases.open("publication", "公示", date(2026, 11, 2), FACTS | {"title": "公示"}),
        ]
    for case in opened:
        clerk.go(f"/cases/{case}")
        assert _stage(clerk)
        assert clerk.forms()["close"].fields["day"] == "2026-11-23"


def test_days_are_filled_in_with_what_they_move(app: OfficeApp, clerk: Visitor, request_case: int) -> None:
    """A due date with the one it moves, a term with what offices give; what only the other side knows stays empty."""
    app.clock.set_day(date(2026, 11, 5))
    clerk.go(f"/cases/{request_case}?late=1")
    forms = clerk.forms()
    assert (
        forms["step.later_date_set"].fields["fact.until"] == "2026-11-30"
    )  # 20 working days from 2 November
    assert forms["step.correction_asked"].fields["fact.until"] == "2026-11-26"
    assert forms["step.assistance_asked"].fields["fact.assist_until"] == "2026-11-12"
    assert forms["step.extended"].fields["fact.notified_on"] == "2026-11-05"
    assert forms["step.fee_noticed"].fields["fact.received_on"] == ""
    assert forms["step.consulted"].fields["fact.received_on"] == ""
    assert forms["step.reopened"].fields["fact.until"] == ""
    assert "先填了15个工作日以后" in clerk.text
    (entry,) = clerk.send("step.correction_asked", fact__items="写明年份")
    assert entry.record.facts["until"] == "2026-11-26"
    clerk.go(f"/cases/{request_case}?late=1")  # the case waits: there is no date to move
    assert clerk.forms()["step.later_date_set"].fields["fact.until"] == ""
