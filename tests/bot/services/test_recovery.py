"""A keeper who lost every way in comes in by a printed code: without the terminal, once, as nobody else, and told."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.services.accounts.accounts import AccountService
from bot.services.accounts.recovery import LATELY, KeeperRecovery, NotAKeeper
from scheduler.recording.context import ActingAccount
from scheduler.signoff.confirmation import AccountUnconfirmed, ConfirmedByInviter, NotOneself
from storage.channels.recovery_codes import CODES_OF_A_SHEET, RecoveryCodes, RecoveryUnknown
from storage.database.tables_messaging import RecoveryCode
from storage.events.account_events import TERMINAL, AccountJoined, RecoverySheetPrinted
from storage.messaging.sessions import SESSION_LIFETIME
from tests.bot.services.test_accounts import TRUSTED, Desk
from tests.town import with_office


@pytest.fixture
def desk(app):
    return Desk(app)


def printed(desk, person="clerk", by="clerk", account=TRUSTED):
    return desk.does(lambda service: KeeperRecovery(service).print_sheet(person), by, account)


def recovered(desk, code):
    return desk.does(lambda service: KeeperRecovery(service).join(code))


def joins(desk):
    with desk.app.log() as log:
        return [entry.record for entry in log.read() if isinstance(entry.record, AccountJoined)]


def test_where_nobody_else_keeps_a_code_opens_a_session_at_once(desk):
    desk.joins("clerk")
    codes = printed(desk)
    assert len(set(codes)) == CODES_OF_A_SHEET
    assert all(re.fullmatch(r"(?:[2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", code) for code in codes)
    desk.app.clock.move(SESSION_LIFETIME + timedelta(days=1))  # her session is over, and no chat is hers
    came = recovered(desk, codes[3])
    assert came.person.id == "clerk"
    assert came.request is None
    assert (
        desk.session(came).confirmed_by == TERMINAL
    )  # as her first: she signs, invites and confirms from it
    assert joins(desk)[-1].invited_by == "clerk"  # the sheet of a text says that one person alone let it in
    assert joins(desk)[-1].admitted
    assert ("office_director", "account_recovered") in desk.told
    assert ("@page clerk", "own_recovered") in desk.told


def test_however_it_is_typed_a_code_works_once_and_a_new_sheet_voids_the_old(desk):
    desk.joins("clerk")
    codes = printed(desk)
    assert recovered(desk, f"  {codes[0].lower().replace('-', ' ')} ").person.id == "clerk"
    assert recovered(desk, codes[1].replace("-", "－")).person.id == "clerk"
    for code in (codes[0], "", "AAAA-AAAA-AAAA-AAAA", codes[2][:-1]):
        with pytest.raises(RecoveryUnknown):
            recovered(desk, code)
    new = printed(desk)
    with pytest.raises(RecoveryUnknown):
        recovered(desk, codes[2])
    assert recovered(desk, new[0]).person.id == "clerk"


def test_where_another_keeper_has_been_here_lately_they_confirm_it(desk):
    desk.joins("clerk")
    second = desk.joins("office_director", by="clerk")
    desk.confirms(second.request, TERMINAL)
    codes = printed(desk)
    waits = recovered(desk, codes[0])
    assert desk.session(waits).waits
    assert ("office_director", "waits_to_join") in desk.told
    for by in ("clerk", "deputy_mayor"):
        with pytest.raises((NotOneself, ConfirmedByInviter, AccountUnconfirmed)):
            desk.confirms(waits.request, by, account=ActingAccount(1, confirmed=False))
    desk.confirms(waits.request, "office_director")
    assert not desk.session(waits).waits
    desk.app.clock.move(LATELY + timedelta(days=1))  # nobody of them has been here since
    assert recovered(desk, codes[1]).request is None


def test_it_lets_in_nobody_but_whoever_it_was_printed_for_and_only_while_they_keep_the_registers(desk):
    desk.joins("clerk")
    for person in ("deputy_mayor", "jia_reporter"):
        with pytest.raises(NotAKeeper):
            printed(desk, person)
    codes = printed(desk)
    with pytest.raises(AccountUnconfirmed):
        printed(desk, account=ActingAccount(1, confirmed=False))
    desk.does(lambda service: service.remove("clerk"))
    with pytest.raises(RecoveryUnknown):
        recovered(desk, codes[0])


def test_whoever_keeps_the_registers_no_more_does_not_come_in_by_an_old_sheet(desk):
    desk.joins("clerk")
    codes = printed(desk)
    office = desk.app.office
    people = tuple(replace(one, roles=()) if one.id == "clerk" else one for one in office.people)
    with pytest.raises(RecoveryUnknown):
        recovered(Desk(with_office(desk.app, replace(office, people=people))), codes[0])


def test_only_hashes_are_stored_and_what_was_printed_is_an_event_and_told(desk):
    desk.joins("clerk")
    codes = printed(desk)
    with desk.app.store.reading() as connection:
        rows = repr(connection.execute(RecoveryCode.__table__.select()).all())
        assert RecoveryCodes(connection, desk.app.office.slug).left("clerk") == CODES_OF_A_SHEET
    assert not any(code in rows or code.replace("-", "") in rows for code in codes)
    with desk.app.log() as log:
        entry = list(log.read())[-1]
    assert entry.record == RecoverySheetPrinted(happened_on=desk.app.today, person="clerk", codes=6)
    assert entry.actor == "clerk"
    assert ("@page clerk", "own_recovery_printed") in desk.told
    assert ("office_director", "recovery_printed") in desk.told


def test_a_clerk_with_her_sheet_lets_no_signer_in(desk):
    """The attack: she invites a signer, recovers a second session of her own, and confirms from that."""
    desk.joins("clerk")
    codes = printed(desk)
    signer = desk.joins("deputy_mayor", by="clerk")
    came = recovered(desk, codes[0])
    with pytest.raises(ConfirmedByInviter):
        desk.confirms(
            signer.request, "clerk", account=ActingAccount(joins(desk)[-1].invitation, confirmed=True)
        )
    assert desk.session(came)
    assert desk.session(signer).waits


def test_the_sheet_of_a_new_office_is_the_terminals(app):
    with app.store.writing(app.office.slug) as connection:
        service = AccountService(app=app, connection=connection, means="setup")
        KeeperRecovery(service).print_sheet("clerk")
    with app.store.reading() as connection:
        (row, *_) = connection.execute(RecoveryCode.__table__.select()).all()
    assert row.invited_by == TERMINAL
