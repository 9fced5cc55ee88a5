"""An open form is answered in one way: typed, pressed or confirmed, the answer arrives at the same place."""

from datetime import date, timedelta

import pytest

from bot.dialog.forms import FORM_LIFETIME
from storage.events.events import Closed, Stepped
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.dialog_state import DialogState, DialogStates
from tests.bot.commands.test_signing import last
from tests.bot.speaker import word
from tests.scheduler.signoff.town import draft, open_text
from tests.town import log_end, transaction

DAY = timedelta(days=1)
ANSWERS = {
    "by its place": lambda clerk: clerk.says("2"),
    "by its label": lambda clerk: clerk.says("共同制作机关"),
    "after the word": lambda clerk: clerk.says("填 2"),
    "by its button": lambda clerk: clerk.presses("共同制作机关"),
}


@pytest.fixture
def asked(app) -> int:
    """A request that a step can be taken of."""
    with transaction(app) as uow:
        return uow.cases.open(
            "request", "召公开〔2026〕1号", date(2026, 11, 20), {"applicant_kind": "natural_person"}
        )


def stored_token(app, person: str, verb: str, case: int = 0) -> str:
    with app.store.writing(app.office.slug) as connection:
        action = CallbackAction(person=person, act=verb, case=case, expires_at=app.clock.now() + DAY)
        return CallbackTokens(connection, app.office.slug).issue(action)


@pytest.mark.parametrize("way", ANSWERS)
def test_a_choice_is_recorded_alike_however_it_is_given(app, any_room, asked, way):
    clerk = any_room.person("clerk")
    assert "对象类别" in clerk.says(f"征求意见 {asked} 某公司")
    assert "征求对象：某公司。这样记下，确认吗" in ANSWERS[way](clerk)
    assert clerk.presses("确认").startswith("已记录")
    entry = last(app)
    assert isinstance(entry, Stepped)
    assert dict(entry.facts) == {"with": "某公司", "party": "other_organ"}


@pytest.mark.parametrize("confirm", [lambda clerk: clerk.presses("确认"), lambda clerk: clerk.says("确认")])
def test_a_closing_is_confirmed_by_word_and_by_button(app, any_room, asked, confirm):
    clerk = any_room.person("clerk")
    clerk.says(f"办结 {asked}")
    assert "发出后不能撤销" in clerk.says("属于国家秘密")
    assert not isinstance(last(app), Closed)
    confirm(clerk)
    assert isinstance(last(app), Closed)


def test_a_button_of_an_earlier_form_answers_no_later_one(app, room, asked):
    clerk = room.person("clerk")
    clerk.says(f"征求意见 {asked} 某公司")
    old, before = clerk.choice("共同制作机关").callback_token, log_end(app)
    clerk.says(f"征求意见 {asked} 另一公司")
    assert clerk.taps(old) == word("error.FormGone")
    assert log_end(app) == before


def test_a_form_stored_before_goes_on(app, room):
    """As such rows stand in offices' databases: the verb as text, after “why:” where only its words are missing."""
    case = open_text(app)
    draft(app, case)
    officer = room.person("secrecy_officer")
    officer.says(f"{case}")
    data = {"case": case, "basis": officer.reply.card_key.version, "known": {}, "page": 0, "aside": False}
    with app.store.writing(app.office.slug) as connection:
        state = DialogState(form="why:return", data=data, expires_at=app.clock.now() + FORM_LIFETIME)
        DialogStates(connection, app.office.slug).save("secrecy_officer", room.name, state)
    assert officer.says_and_confirms("标题写错").startswith("已记录")
    assert last(app).reason == "标题写错"


def test_a_button_stored_before_still_works(app, room, asked):
    clerk = room.person("clerk")
    assert "对象类别" not in clerk.taps(stored_token(app, "clerk", "step:consulted", asked))
    assert clerk.says("某公司").startswith("请填写：对象类别")


def test_a_button_of_a_verb_that_is_gone_is_refused(app, room):
    clerk, before = room.person("clerk"), log_end(app)
    assert clerk.taps(stored_token(app, "clerk", "sing:a_song")) == word("error.HandleUnknown")
    assert log_end(app) == before
