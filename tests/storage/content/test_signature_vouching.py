"""What the sheet and `gongkai verify` say of a signature: whose account one alone let in, and who consented for whom."""

from datetime import timedelta

import pytest

from scheduler.recording.context import ActingAccount
from storage.content.signature_vouching import NoteKind, all_signatures, signature_notes
from tests.scheduler.signoff.town import SIGNERS, draft, open_text
from tests.town import transaction


def joined(app, person: str, invited_by: str, confirmed_by: str = "") -> int:
    """An account in the log: who invited it, and who confirmed it."""
    with transaction(app, person) as uow:
        uow.accounts.join(
            person, "telegram", invitation=0, invited_by=invited_by, digest="x", admitted=not confirmed_by
        )
    position = uow.entries[-1].position
    if confirmed_by:
        with transaction(app, confirmed_by) as uow:
            uow.accounts.confirm(person, "telegram", position, invited_by, keepers_are_in=False)
    return position


def signs(app, case: int, by: str, *, account: int = 0, means: str = "telegram") -> None:
    acting = None if means == "command" else ActingAccount(account, confirmed=True)
    with app.recorder.transaction(actor=by, means=means, account=acting) as uow:
        state = uow.signoff.approval_state(case)
        uow.signoff.sign(case, by, state.stage.name, state.manifest)


def notes(app):
    with app.log() as log:
        return [(one.kind, one.who, one.reason) for one in signature_notes(log, all_signatures(log))]


@pytest.fixture
def case(app):
    found = open_text(app)
    draft(app, found)
    return found


def test_an_account_that_two_people_let_in_needs_no_word(app, case):
    signs(app, case, SIGNERS[0], account=joined(app, SIGNERS[0], "clerk", "office_director"))
    assert notes(app) == []


@pytest.mark.parametrize(
    ("vouchers", "kind"),
    [
        (("clerk", ""), NoteKind.ONE_VOUCHER),
        (("terminal", ""), NoteKind.ONE_VOUCHER),
        (("clerk", "terminal"), NoteKind.TERMINAL_VOUCHER),
    ],
)
def test_whose_account_one_alone_let_in_is_said(app, case, vouchers, kind):
    signs(app, case, SIGNERS[0], account=joined(app, SIGNERS[0], *vouchers))
    assert notes(app) == [(kind, tuple(filter(None, vouchers)), "")]


def test_what_was_signed_at_the_terminal_or_through_an_unrecorded_account_is_said(app, case):
    signs(app, case, SIGNERS[0], means="command")
    signs(app, case, SIGNERS[1], account=12345)
    assert [kind for kind, *_ in notes(app)] == [NoteKind.AT_TERMINAL, NoteKind.UNRECORDED]


def test_a_deputy_whom_a_second_keeper_put_there_is_said(app, case):
    absent, deputy, today = SIGNERS[0], "archivist", app.today
    with transaction(app, "clerk") as uow:
        uow.office.delegate(absent, deputy, today, today + timedelta(days=2))
    position = uow.entries[-1].position
    with transaction(app, "office_director") as uow:
        uow.office.consent(position, "住院")
    signs(app, case, deputy, account=joined(app, deputy, "clerk", "office_director"))
    assert notes(app) == [(NoteKind.CONSENTED_FOR, ("clerk", "office_director"), "住院")]
