"""Four eyes: one clerk alone, with two browsers and all the links, gets nobody in and nothing signed."""

from datetime import timedelta

import pytest

from bot.channels.web_chat import WEB_CHANNEL
from bot.services.accounts.accounts import MAX_WRONG_CODES, AccountService, WrongCode
from scheduler.recording.context import ActingAccount
from scheduler.signoff.confirmation import (
    AccountUnconfirmed,
    ConfirmedByInviter,
    NotOneself,
    TerminalInvited,
    must_be_confirmed,
)
from storage.events.account_events import TERMINAL
from storage.events.delegations import Absences, Delegation
from storage.messaging.outbox import Outbox
from storage.messaging.sessions import LinkUsed
from tests.scheduler.signoff.town import draft, open_text

HOUR = timedelta(hours=1)
TRUSTED = ActingAccount(1, confirmed=True)


class Desk:
    """The accounts of a town; each act is its own transaction, as on the page."""

    def __init__(self, app):
        self.app = app

    def does(self, act, actor=TERMINAL, account=TRUSTED):
        with self.app.store.writing(self.app.office.slug) as connection:
            service = AccountService(
                app=self.app,
                connection=connection,
                means=WEB_CHANNEL if actor != TERMINAL else "command",
                actor=actor,
                account=account if actor != TERMINAL else None,
            )
            try:
                return act(service)
            except (
                NotOneself,
                ConfirmedByInviter,
                TerminalInvited,
                AccountUnconfirmed,
                WrongCode,
                LinkUsed,
            ) as refused:
                self.refused = refused
        raise self.refused

    def joins(self, person, by=TERMINAL):
        token = self.does(lambda desk: desk.invite(person, HOUR), by)
        return self.does(lambda desk: desk.join_on_page(token))

    def confirms(self, request, by, code="", account=TRUSTED):
        return self.does(lambda desk: desk.confirm(request, code or request.code), by, account)

    def session(self, joined):
        with self.app.store.reading() as connection:
            desk = AccountService(app=self.app, connection=connection, means="test")
            return desk.sessions.session(joined.secret, at=self.app.clock.now())

    @property
    def told(self):
        with self.app.store.reading() as connection:
            rows = Outbox(connection, self.app.office.slug).unfinished()
        return {(row.notice.person, row.notice.what) for row in rows}

    @property
    def kinds(self):
        with self.app.log() as log:
            return [(type(entry.record).__name__, entry.actor) for entry in log.read()]


@pytest.fixture
def desk(app):
    return Desk(app)


def test_the_first_keeper_comes_in_by_the_terminal_and_the_next_are_confirmed(desk):
    first = desk.joins("clerk")
    assert first.request is None
    assert desk.session(first).confirmed_by == TERMINAL
    second = desk.joins("office_director", by="clerk")
    assert desk.session(second).waits
    with pytest.raises(ConfirmedByInviter):
        desk.confirms(second.request, "clerk")
    assert desk.session(second).waits
    desk.confirms(second.request, TERMINAL)  # an office with one keeper is not locked out
    assert desk.session(second).confirmed_by == TERMINAL
    third = desk.joins("deputy_mayor", by="clerk")
    desk.confirms(third.request, "office_director")
    assert not desk.session(third).waits


def test_whoever_invited_themselves_confirms_nothing(desk):
    desk.joins("clerk")
    own = desk.joins("clerk", by="clerk")
    with pytest.raises(NotOneself):
        desk.confirms(own.request, "clerk")


def test_what_the_terminal_invited_a_person_confirms(desk):
    desk.joins("clerk")
    invited = desk.joins("deputy_mayor")
    with pytest.raises(TerminalInvited):
        desk.confirms(invited.request, TERMINAL)
    desk.confirms(invited.request, "clerk")
    assert desk.session(invited).confirmed_by == "clerk"


def test_one_clerk_with_every_link_lets_nobody_in(desk):
    """The attack: she invites each signer, joins in another browser and confirms; each attempt stands in the log."""
    desk.joins("clerk")
    for signer in ("secrecy_officer", "office_director", "deputy_mayor", "clerk"):
        joined = desk.joins(signer, by="clerk")
        with pytest.raises((ConfirmedByInviter, NotOneself)):
            desk.confirms(joined.request, "clerk")
        assert desk.session(joined).waits
    assert desk.kinds.count(("AccountRefused", "clerk")) == 4
    assert ("office_director", "account_refused") in desk.told
    assert ("@page clerk", "own_joined") in desk.told  # who is there hears of the join under her post


def test_whoever_comes_in_on_the_page_reads_a_welcome_and_no_warning_of_themselves(desk):
    """The warning is for whoever is there already: another session of theirs, or a chat."""
    desk.joins("clerk")
    joined = desk.joins("deputy_mayor", by="clerk")
    desk.confirms(joined.request, TERMINAL)
    assert {what for who, what in desk.told if who == "@page deputy_mayor"} == {"let_in"}
    further = desk.joins("deputy_mayor", by="clerk")
    desk.confirms(further.request, TERMINAL)
    warned = {what for who, what in desk.told if who == "@page deputy_mayor"}
    assert warned == {"let_in", "own_invited", "own_joined", "own_confirmed"}


def test_confirmation_belongs_to_one_session(desk):
    desk.joins("clerk")
    first, second = (desk.joins("deputy_mayor", by="office_director") for _ in range(2))
    desk.confirms(first.request, "clerk")
    assert not desk.session(first).waits
    assert desk.session(second).waits
    third = desk.joins("deputy_mayor", by="office_director")
    assert not desk.session(first).waits  # who is there stays
    assert desk.session(third).waits


def test_an_account_nobody_confirmed_confirms_nobody(desk):
    desk.joins("clerk")
    joined = desk.joins("deputy_mayor", by="office_director")
    with pytest.raises(AccountUnconfirmed):
        desk.confirms(joined.request, "clerk", account=ActingAccount(1, confirmed=False))
    assert desk.session(joined).waits


def test_the_code_is_typed_and_three_wrong_ones_end_the_join(desk):
    desk.joins("clerk")
    joined = desk.joins("deputy_mayor", by="office_director")
    for _ in range(MAX_WRONG_CODES):
        with pytest.raises(WrongCode):
            desk.confirms(joined.request, "clerk", code="x")
    assert desk.session(joined) is None
    assert joined.request.code not in str(desk.kinds)


def test_the_log_holds_no_secret_and_no_address(app, desk):
    desk.joins("clerk")
    token = desk.does(lambda service: service.invite("deputy_mayor", HOUR), "clerk")
    with app.store.writing(app.office.slug) as connection:
        chat = AccountService(app=app, connection=connection, means="telegram")
        joined = chat.join_on_chat(token, "55512345")
        chat.remove("clerk")
    with app.log() as log:
        said = "".join(body for _, body, _ in log.entry_chain(0))
    assert token not in said
    assert "55512345" not in said
    assert joined.request.code not in said
    assert "AccountRemoved" in str(desk.kinds)
    assert ("@page clerk", "own_removed") in desk.told


def test_an_account_that_nobody_confirmed_signs_nothing(app):
    case = open_text(app)
    draft(app, case)
    with app.recorder.transaction(actor="secrecy_officer", means="test") as uow:
        waiting = uow.signoff.approval_state(case)
        uow.discard()
    for account, refusal in (
        (ActingAccount(7, confirmed=False), AccountUnconfirmed),
        (ActingAccount(7, True), None),
    ):
        act = {"actor": "secrecy_officer", "means": "test", "account": account}
        if refusal:
            with pytest.raises(refusal), app.recorder.transaction(**act) as uow:
                uow.signoff.sign(case, "secrecy_officer", waiting.stage.name, waiting.manifest)
        else:
            with app.recorder.transaction(**act) as uow:
                uow.signoff.sign(case, "secrecy_officer", waiting.stage.name, waiting.manifest)
            assert uow.entries[-1].record.account == 7


def test_whoever_signs_overrides_leads_or_stands_in_is_confirmed(app):
    office, today = app.office, app.today
    none = Absences()
    for person in ("secrecy_officer", "deputy_mayor", "clerk", "village_leader", *office.override):
        known = [person] if office.find_person(person) else [one.id for one in office.holders(person)]
        assert all(must_be_confirmed(office, one, none, today) for one in known), person
    assert not must_be_confirmed(office, "jia_reporter", none, today)
    away = Delegation(position=1, person="deputy_mayor", deputy="jia_reporter", first=today, last=today)
    assert must_be_confirmed(office, "jia_reporter", Absences(delegations=(away,)), today)
