"""A leave that somebody else records: whoever is away consents to it, or a second keeper where they cannot be reached."""

from datetime import date, timedelta

import pytest

from bot.services.office.delegation_consent import ask_for_consent, tell_of_handover
from config.errors import Refusal
from scheduler.recording.context import ReasonMissing
from scheduler.recording.office_commands import AwayAlready, NoSuchConsent, NotYourConsent
from storage.eventlog.recorded_office import office_events
from storage.events.delegations import fold_absences
from storage.events.office_events import DelegationConsented, Recalled
from storage.messaging.outbox import Outbox
from tests.town import log_end, transaction

FIRST, LAST = date(2026, 11, 23), date(2026, 11, 27)


def delegate(app, by: str, *, deputy: str = "mayor", first: date = FIRST, last: date = LAST) -> int:
    with transaction(app, by) as uow:
        uow.office.delegate("deputy_mayor", deputy, first, last, "出差")
    return uow.entries[-1].position


def consent(app, by: str, position: int, reason: str = "") -> None:
    with transaction(app, by) as uow:
        uow.office.consent(position, reason)


def deputy_of(app, person: str = "deputy_mayor"):
    with app.log() as log:
        return fold_absences(office_events(log)).deputy_of(person, FIRST)


def test_what_the_clerk_records_makes_nobody_a_deputy_until_its_person_consents(app):
    position = delegate(app, "clerk")
    assert deputy_of(app) is None
    for other in ("clerk", "mayor", "jia_reporter"):
        with pytest.raises(NotYourConsent):
            consent(app, other, position, "联系不上")
    assert deputy_of(app) is None
    consent(app, "deputy_mayor", position)
    assert deputy_of(app).consented_by == "deputy_mayor"
    with pytest.raises(NoSuchConsent):
        consent(app, "deputy_mayor", position)


def test_a_second_keeper_consents_for_whoever_cannot_be_reached_and_says_why(app):
    position = delegate(app, "clerk")
    with pytest.raises(ReasonMissing):
        consent(app, "office_director", position)
    consent(app, "office_director", position, "住院，电话不通")
    found = deputy_of(app)
    assert (found.recorded_by, found.consented_by, found.unreached) == (
        "clerk",
        "office_director",
        "住院，电话不通",
    )


def test_ones_own_leave_needs_nobody(app):
    delegate(app, "deputy_mayor")
    assert deputy_of(app).consented_by == "deputy_mayor"


@pytest.mark.parametrize("by", ["deputy_mayor", "clerk"])
def test_overlapping_leaves_of_one_person_are_refused_with_the_place(app, by):
    position = delegate(app, by)
    before = log_end(app)
    with pytest.raises(AwayAlready) as refused:
        delegate(
            app, "deputy_mayor", first=LAST, last=LAST + timedelta(days=3), deputy="executive_deputy_mayor"
        )
    assert refused.value.words["position"] == str(position)
    assert log_end(app) == before
    delegate(app, "deputy_mayor", first=LAST + timedelta(days=1), last=LAST + timedelta(days=3))


def test_the_person_is_asked_by_card_and_answers_by_its_buttons(app, room):
    leader = room.person("deputy_mayor")
    room.expected = {"delegation_waits"}
    position = delegate(app, "clerk")
    assert ask_for_consent(app, position)
    app.clock.move(timedelta(minutes=2))
    room.deliver()
    ((asked, buttons),) = [
        (one.text, [button.label for row in one.rows for button in row])
        for one in room.unseen["at deputy_mayor"]
    ]
    room.took("at deputy_mayor")
    assert "期间由镇长代办" in asked
    assert buttons == ["同意代办", "不同意代办"]
    assert "由镇长代办" in leader.says("同意代办")
    assert deputy_of(app).consented_by == "deputy_mayor"
    assert "没有等您同意的请假" in leader.says("同意代办")


def test_it_is_declined_and_then_asks_nobody(app, any_room):
    leader = any_room.person("deputy_mayor")
    any_room.expected = {"delegation_asked", "delegation_waits"}
    ask_for_consent(app, delegate(app, "clerk"))
    assert "没有同意" in leader.says("不同意代办")
    with app.log() as log:
        records = [entry.record for entry in log.read()]
    assert isinstance(records[-1], Recalled)
    assert deputy_of(app) is None
    any_room.deliver()
    assert "没有等您同意的请假" in leader.says("同意代办")


def test_a_second_keeper_names_the_person_and_the_reason(app, any_room):
    director = any_room.person("office_director")
    position = delegate(app, "clerk")
    said = director.says_and_confirms("同意代办 分管政务公开的副镇长 正在住院")
    assert said.startswith("已记录")
    with app.log() as log:
        *_, last = (entry.record for entry in log.read())
    assert last == DelegationConsented(happened_on=app.today, position=position, reason="正在住院")


def test_what_is_over_is_consented_to_no_more(app):
    position = delegate(app, "clerk")
    app.clock.set_day(LAST + timedelta(days=1))
    with pytest.raises(Refusal):
        consent(app, "deputy_mayor", position)
    assert not ask_for_consent(app, position)


@pytest.mark.parametrize(("by", "told"), [("clerk", {"archivist", "mayor"}), ("archivist", set())])
def test_both_are_told_of_a_handover_that_somebody_else_recorded(app, by, told):
    with transaction(app, by) as uow:
        uow.office.hand_over("archivist", "mayor", "调离")
    tell_of_handover(app, "archivist", "mayor", by)
    with app.store.reading() as connection:
        rows = Outbox(connection, app.office.slug).unfinished()
    assert {(row.notice.person, row.notice.what) for row in rows} == {
        (one, "handed_over_from") for one in told
    }
