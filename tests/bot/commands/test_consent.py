"""A consent is asked of whoever decides by card, and is theirs; recorded for them, it names its paper."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from scheduler.recording.entry_guard import DecisionAscribed
from scheduler.validation.violations import ExtendedTooLong
from storage.eventlog.projections import CaseProjections
from storage.messaging.outbox import Outbox
from tests.bot.commands.test_year_of_each_role import opened
from tests.bot.speaker import Speaker
from tests.scheduler.reminders.town import swept
from tests.town import log_end, transaction

CONSENT = {"days": 10, "consented_by": "office_director", "reason": "查档", "notified_on": "2026-11-23"}
PAPER = {"consent_evidence": "签批单 12 号"}


def step(app, by: str, case: int, key: str, facts: dict) -> None:
    with transaction(app, by) as uow:
        uow.cases.step(case, key, date(2026, 11, 23), facts)


def asked(app) -> int:
    case = opened(app)
    step(app, "clerk", case, "extension_asked", {"days": 10, "reason": "查档"})
    return case


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("extended", CONSENT),
        ("extension_refused", {"refused_by": "office_director", "reason": "可以按期答复"}),
        ("later_date_set", {**CONSENT, "until": "2026-12-30"}),
    ],
)
def test_nobody_decides_in_another_s_name_without_a_paper(app, key, facts):
    case = asked(app)
    facts = {name: value for name, value in facts.items() if key != "later_date_set" or name != "days"}
    before = log_end(app)
    with pytest.raises(DecisionAscribed):
        step(app, "clerk", case, key, facts)
    assert log_end(app) == before
    if key != "later_date_set":  # that one comes after other steps
        step(app, "clerk", case, key, facts | PAPER)
        assert log_end(app) == before + 1


def test_the_head_is_asked_by_card_and_grants_it_with_one_answer(app, any_room):
    head, case = any_room.person("office_director"), asked(app)
    assert "请定（同意或不同意）" in head.says("待办")
    if head.capabilities.buttons:
        assert {"延期", "不同意延期"} <= set(head.labels())
    head.says(f"延期 {case}")
    assert head.says("2026-11-23").startswith("已记录")
    with app.log() as log:
        *_, last = log.read()
    assert (last.actor, dict(last.record.facts)) == ("office_director", CONSENT)
    assert "没有待办" in head.says("待办")


def test_the_card_says_what_is_asked_and_agreeing_is_enough(app, any_room):
    case = opened(app)
    planned = {"days": 10, "reason": "查档", "notified_on": "2026-11-24"}
    step(app, "clerk", case, "extension_asked", planned)
    head = any_room.person("office_director")
    card = head.says("待办")
    assert "拟延长工作日数：10" in card
    assert "理由：查档" in card
    assert head.says(f"同意 {case}").startswith("已记录")
    with app.log() as log:
        *_, last = log.read()
    assert dict(last.record.facts) == {**planned, "consented_by": "office_director"}
    assert "没有待办" in head.says("待办")


def test_a_day_is_answered_in_any_way_people_write_it(app, any_room):
    head, case = any_room.person("office_director"), asked(app)
    head.says("待办")
    head.says(f"同意 {case}")
    assert "不是日期" in head.says("11月31日")
    assert head.says("11月23日").startswith("已记录")
    with app.log() as log:
        *_, last = log.read()
    assert dict(last.record.facts) == CONSENT


def test_more_than_the_law_allows_is_refused_when_it_is_asked_for(app):
    case, before = opened(app), log_end(app)
    with pytest.raises(ExtendedTooLong):
        step(app, "clerk", case, "extension_asked", {"days": 30, "reason": "查档"})
    assert log_end(app) == before


def test_what_was_asked_for_and_corrected_holds_in_an_open_form(app, any_room):
    head, case = any_room.person("office_director"), asked(app)
    head.says("待办")
    head.says(f"延期 {case}")
    with app.log() as log:
        *_, entry = log.read()
    right = replace(entry.record, facts={**entry.record.facts, "days": 5})
    with transaction(app, "clerk") as uow:
        uow.corrections.amend(entry.position, "写错了", right)
    head.says("今天")
    with app.log() as log:
        *_, last = log.read()
    assert last.record.facts["days"] == 5


def test_the_head_refuses_it_and_the_card_goes(app, any_room):
    head, case = any_room.person("office_director"), asked(app)
    head.says("待办")
    head.says(f"不同意延期 {case}")
    head.says_and_confirms("可以按期答复")
    assert "没有待办" in head.says("待办")


def test_the_head_is_told_the_same_day_and_the_clerk_is_not(app):
    asked(app)
    app.clock.move(timedelta(hours=3))
    swept(app)
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).unfinished()
    assert {row.notice.person for row in rows if row.notice.what == "consent"} == {"office_director"}


def test_a_deputy_grants_it_for_the_head_who_is_away(app, any_room):
    case, today = asked(app), app.today
    with transaction(app, "office_director") as uow:
        uow.office.delegate("office_director", "archivist", today, today + timedelta(days=2))
    deputy = any_room.person("archivist")
    deputy.says("待办")
    deputy.says(f"延期 {case}")
    assert deputy.says("2026-11-23").startswith("已记录")
    with app.log() as log:
        *_, last = log.read()
    assert (last.actor, last.record.facts["consented_by"]) == ("archivist", "office_director")


@pytest.mark.parametrize("said", ["同意", "待办", "好的"])
def test_a_word_without_a_number_folds_each_open_case_once(app, said, monkeypatch):
    cases = [asked(app), opened(app, "召公开〔2026〕2号")]
    head, folded = Speaker(app, "office_director"), Counter()
    read = CaseProjections.cases

    def counted(self, numbers):
        folded.update(numbers)
        return read(self, numbers)

    monkeypatch.setattr(CaseProjections, "cases", counted)
    assert head.says(said)
    assert folded == Counter(cases)
