"""People and delegations: who holds which post, whether they are reached, who stands in for whom; and joining.

Whoever keeps the registers invites, confirms and signs out; everybody says for themselves when they are away, and
hands their duties over. A link is shown once, as text and as a QR code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import segno
from starlette.responses import Response

from bot.channels.web.account.delegation_forms import delegation_command, handover_form, leave_form
from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import AccessLevel, NoSuchPage, PageRequest
from bot.channels.web.request.submission import confirmation_notice, record_submission
from bot.channels.web.request.viewer import Viewer, viewing
from bot.commands.join import NobodyToLetIn, NotOneself, is_signer
from config.errors import Refusal
from config.office.loader import Person
from config.office.model import ROLES
from scheduler.recording.signoff_commands import DELEGATION_RECORDERS
from storage.events.delegations import Delegation
from storage.messaging.accounts import Account, Accounts, AddressState
from storage.messaging.sessions import SessionStore

INVITATION_LIFETIMES = {"1": timedelta(hours=1), "4": timedelta(hours=4), "24": timedelta(hours=24)}
INVITE, LET_IN, SIGN_OUT = "invite", "let_in", "sign_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A post as it is shown."""

    person: Person
    roles: tuple[str, ...]
    accounts: tuple[Account, ...]
    signed_in: int
    unconfirmed: bool
    away: Delegation | None

    @property
    def reached(self) -> bool:
        """Whether any channel reaches them."""
        return any(one.state is AddressState.OK for one in self.accounts)


def people_page(visit: PageRequest) -> Response:
    """The office's people, or one's own row."""
    return _render_page(visit)


def submit_people_form(visit: PageRequest) -> Response:
    """Invite, confirm, sign out: for those who keep the registers; or a delegation, for oneself."""
    acts = {INVITE: _invite, LET_IN: _confirm_join, SIGN_OUT: _sign_out}
    keeps = acts.get(visit.form.get("act", ""))
    if keeps and not visit.may_record:
        raise NoSuchPage
    try:
        return keeps(visit) if keeps else _record_delegation(visit)
    except NoSuchPage:
        raise
    except Refusal as refused:
        return _render_page(visit, visit.labels.book.error(refused))


def _record_delegation(visit: PageRequest) -> Response:
    return visit.redirect(f"/people?noted={record_submission(visit, delegation_command(visit))}")


def _invite(visit: PageRequest) -> Response:
    """The link, told once: whoever reloads the page asks for another."""
    person, lasts = (
        _selected_person(visit),
        INVITATION_LIFETIMES.get(visit.form.get("hours", ""), INVITATION_LIFETIMES["4"]),
    )
    app = visit.app
    with app.store.writing(app.office.slug) as connection:
        token = SessionStore(connection, app.office.slug).invite(person.id, at=visit.at, lasts=lasts)
    link = f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}/join/{token}"
    telegram = visit.web_app.external_join_link(token)
    return visit.render(
        "invited.html",
        post=person.post,
        link=link,
        code=_qr_code(link),
        telegram=(telegram, _qr_code(telegram)) if telegram else (),
        until=visit.labels.moment(visit.at + lasts),
        confirms=is_signer(app.office, person),
    )


def _qr_code(link: str) -> str:
    return segno.make(link, error="m").svg_inline(scale=5, border=2, dark="#1c2024")


def _confirm_join(visit: PageRequest) -> Response:
    """A second person says that this is who they say they are. NotOneself, NobodyToLetIn."""
    person, office = _selected_person(visit), visit.app.office.slug
    if person.id == visit.me.id:
        raise NotOneself
    with visit.app.store.writing(office) as connection:
        accounts = Accounts(connection, office)
        waiting = [one for one in accounts.of_person(person.id) if one.state is AddressState.UNCONFIRMED]
        if not waiting:
            raise NobodyToLetIn(post=person.post)
        for one in waiting:
            accounts.mark(one.channel, one.address, AddressState.OK, at=visit.at, why=f"by {visit.me.id}")
    return visit.redirect("/people")


def _sign_out(visit: PageRequest) -> Response:
    """Out everywhere, and reached nowhere: a lost telephone, or somebody who left."""
    person, office = _selected_person(visit), visit.app.office.slug
    with visit.app.store.writing(office) as connection:
        SessionStore(connection, office).remove(person.id)
        Accounts(connection, office).remove(person.id)
    return visit.redirect("/people")


def _selected_person(visit: PageRequest) -> Person:
    wanted = visit.form.get("person", "")
    found = next((one for one in visit.app.office.people if one.id == wanted), None)
    if found is None:
        raise NoSuchPage
    return found


def _render_page(visit: PageRequest, problem: str = "") -> Response:
    with viewing(visit) as sight:
        absences = sight.context.absences
        rows = [row for row in _person_rows(visit, sight) if _may_see(visit, row)]
    today, sent = visit.app.today, visit.form.get("act", "")
    coming = [one for one in absences.delegations if one.last >= today]
    seen = [
        one for one in coming if visit.rights >= AccessLevel.READ or visit.me.id in {one.person, one.deputy}
    ]
    forms: list[WebForm] = [leave_form(visit), handover_form(visit)]
    forms = [
        form.resubmitted(visit.form, problem) if problem and form.key == sent else form for form in forms
    ]
    with visit.app.log() as log:
        end = log.end().position
    return visit.render(
        "people.html",
        422 if problem else 200,
        rows=rows,
        delegations=seen,
        may_recall={one.position for one in seen if _may_recall(visit, one)},
        forms=forms,
        problem="" if any(form.problem for form in forms) else problem,
        noted=confirmation_notice(visit, range(1, end + 1)),
    )


def _person_rows(visit: PageRequest, sight: Viewer) -> Iterator[PersonRow]:
    app, office = visit.app, visit.app.office
    people, accounts = (
        SessionStore(sight.context.connection, office.slug),
        Accounts(sight.context.connection, office.slug),
    )
    sessions = [one.person for one in people.sessions(at=visit.at)]
    for person in office.people:
        known = tuple(accounts.of_person(person.id))
        yield PersonRow(
            person=person,
            roles=tuple(ROLES[role] for role in ROLES if role in office.roles_of(person.id)),
            accounts=known,
            signed_in=sessions.count(person.id),
            unconfirmed=any(one.state is AddressState.UNCONFIRMED for one in known),
            away=sight.context.absences.deputy_of(person.id, app.today),
        )


def _may_see(visit: PageRequest, row: PersonRow) -> bool:
    return visit.rights >= AccessLevel.READ or row.person.id == visit.me.id


def _may_recall(visit: PageRequest, one: Delegation) -> bool:
    return visit.me.id in {one.person, one.deputy} or bool(
        visit.app.office.roles_of(visit.me.id) & set(DELEGATION_RECORDERS)
    )
