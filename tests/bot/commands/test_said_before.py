"""Words sign only what was seen before they were said: whatever the delay, and whoever changed the text meanwhile."""

from datetime import timedelta

import pytest

from storage.messaging.dialog_state import LiveCards
from tests.bot.speaker import Room
from tests.scheduler.signoff.town import OTHER, SIGNERS, STAGES, draft, open_text, sign_all
from tests.town import log_end

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SECRECY = SIGNERS[0]
WORDS = (
    "同意 {case}",
    "退回修改 {case} 第二段数字不对",
    "不予通过 {case} 不该公开",
    "在办 {case}",
    "转交 {case}",
)


@pytest.fixture
def case(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


@pytest.fixture
def reviewer(any_room, app, case):
    """The reviewer, who saw the first version, and then the second: what they said in between comes last."""
    reviewer = any_room.person(SECRECY)
    reviewer.says(str(case))
    app.clock.move(MINUTE)
    reviewer.between = app.clock.now()
    app.clock.move(MINUTE)
    draft(app, case, OTHER)
    reviewer.says(str(case))
    app.clock.move(MINUTE)
    return reviewer


@pytest.mark.parametrize("words", WORDS)
def test_what_was_said_of_the_first_version_decides_nothing_about_the_second(app, reviewer, case, words):
    before = log_end(app)
    answer = reviewer.says(words.format(case=case), said_at=reviewer.between)
    assert answer.startswith(f"您写这句话时，案件 {case} 的这一版还没有给您看过")
    assert f"请{STAGES[0]}：信息发布" in answer
    assert log_end(app) == before
    app.clock.move(SECOND)
    assert reviewer.says(f"同意 {case}").startswith("已记录")


def test_a_version_shown_again_was_seen_when_it_was_first_shown(app, reviewer, case):
    after = app.clock.now()
    app.clock.move(MINUTE)
    reviewer.says(str(case))  # the same version once more
    assert reviewer.says(f"同意 {case}", said_at=after).startswith("已记录")


def test_a_reply_to_a_card_is_about_what_stood_there_when_it_was_written(app, room, case):
    reviewer = room.person(SECRECY)
    reviewer.says("待办")
    at, card = app.clock.now() + SECOND, reviewer.looks_at
    app.clock.move(MINUTE)
    draft(app, case, OTHER)
    reviewer.says(str(case))
    before = log_end(app)
    assert "同意" in reviewer.labels()
    assert "案件" in reviewer.says("同意", reply_to=card, said_at=at)
    assert log_end(app) == before


def test_a_reason_is_for_the_version_it_was_asked_for(app, any_room, case):
    reviewer = any_room.person(SECRECY)
    reviewer.says(str(case))
    reviewer.says(f"退回修改 {case}")
    app.clock.move(MINUTE)
    draft(app, case, OTHER)
    room = Room(app, name="elsewhere")
    room.person(SECRECY).says(str(case))  # the second version, in another chat
    app.clock.move(MINUTE)
    before = log_end(app)
    assert reviewer.says("第二段数字不对").startswith(f"案件 {case} 在您看过之后有了变化")
    assert log_end(app) == before


def test_an_override_is_of_what_was_seen(app, room, case):
    leader = room.person("mayor")
    leader.says(f"放行 {case}")
    at = app.clock.now() + SECOND
    app.clock.move(MINUTE)
    draft(app, case, OTHER)
    leader.says(f"放行 {case}")
    before = log_end(app)
    answer = leader.says(f"放行 {case} 不能再等", said_at=at)
    assert answer.startswith(f"您写这句话时，案件 {case} 的这一版还没有给您看过")
    assert log_end(app) == before


def test_a_text_is_let_out_by_words_only_in_the_version_that_was_seen(app, room, case):
    sign_all(app, case)
    clerk, at = room.person("clerk"), app.clock.now()
    app.clock.move(MINUTE)
    clerk.says(str(case))
    before = log_end(app)
    answer = clerk.says(f"发布 {case}", said_at=at)
    assert answer.startswith(f"您写这句话时，案件 {case} 的这一版还没有给您看过")
    assert log_end(app) == before


def test_the_first_time_a_version_was_shown_is_kept(app, case, room):
    reviewer = room.person(SECRECY)
    reviewer.says(str(case))
    first = app.clock.now()
    for _ in range(2):
        app.clock.move(MINUTE)
        reviewer.says(str(case))
    with app.store.reading() as connection:
        (card,) = LiveCards(connection, app.office.slug).about(case)
    assert (card.shown_at, card.said_at) == (first, first + 2 * MINUTE)
