"""Shows people, their reachability and their delegations; invites and signs out people; records leave and handover.

Keepers of the registers invite, confirm and sign out; everybody enters their own leave and handover.
A join link is shown once, as text and as a QR code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from bot.channels.stream.platform_loading import load_platform
from bot.channels.web.account.delegation_forms import (
    AWAY,
    HANDOVER,
    delegation_command,
    handover_form,
    leave_form,
)
from bot.channels.web.account.invite_sheet import qr_code
from bot.channels.web.account.own_sessions import needs_proof
from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import confirmation_notice, record_submission
from bot.channels.web.request.viewer import Viewer, account_service, viewing
from bot.commands.join import NobodyToLetIn
from bot.services.accounts.accounts import AccountService
from bot.services.office.delegation_consent import ask_for_consent, tell_of_handover
from config.errors import Refusal
from config.office.channel_secrets import load_channel_accounts
from config.office.model import Person
from config.office.roles import ROLES, AccessLevel
from scheduler.recording.office_commands import DELEGATION_RECORDERS
from scheduler.signoff.confirmation import confirmers, must_be_confirmed
from storage.channels.join_words import WORD_LIFETIME
from storage.events.delegations import Absences, Delegation
from storage.messaging.accounts import Account, Accounts, AddressState
from storage.messaging.sessions import SESSION_CHANNEL, JoinRequest, JoinRequests, SessionStore

INVITATION_LIFETIMES = {"1": timedelta(hours=1), "4": timedelta(hours=4), "24": timedelta(hours=24)}
INVITE, LET_IN, SIGN_OUT = "invite", "let_in", "sign_out"
WORD, PREFER = "word", "prefer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A person's row: roles, accounts, sessions and current leave."""

    person: Person
    roles: tuple[str, ...]
    accounts: tuple[Account, ...]
    signed_in: int
    requests: tuple[JoinRequest, ...]
    """What waits for a second person."""
    away: Delegation | None

    @property
    def reached(self) -> bool:
        """Whether any channel reaches the person."""
        return any(self.state_of(one) is AddressState.OK for one in self.accounts)

    def state_of(self, account: Account) -> AddressState:
        """Whether an account reaches the person now: the chat on the page only while they are signed in."""
        is_idle = account.channel == SESSION_CHANNEL and not self.signed_in
        return AddressState.SIGNED_OUT if is_idle and account.state is AddressState.OK else account.state


def people_page(page: PageRequest) -> Response:
    """The page of the office's people; village staff see their own row only."""
    return _render_page(page)


def submit_people_form(page: PageRequest) -> Response:
    """Invite, confirm or sign out (keepers of the registers only), or record a delegation.

    Everybody may confirm a further account of their own, from a session that is confirmed.
    """
    acts = {INVITE: _invite, WORD: _give_word, LET_IN: _confirm_join, SIGN_OUT: _sign_out, PREFER: _prefer}
    act = page.form.get("act", "")
    keeps = acts.get(act)
    own = act in {LET_IN, PREFER} and page.form.get("person", "") == page.me.id
    if keeps and not page.may_record and not own:
        raise NoSuchPage
    if _must_show_who(page, act) and needs_proof(page):
        return page.redirect("/sessions")
    try:
        return keeps(page) if keeps else _record_delegation(page)
    except NoSuchPage:
        raise
    except Refusal as refused:
        return _render_page(page, page.labels.book.error(refused))


def _must_show_who(page: PageRequest, act: str) -> bool:
    """Whether an act lets somebody in, or makes a further way in for the user: an open PC must not do that."""
    return act == LET_IN or (act in {INVITE, WORD} and page.form.get("person", "") == page.me.id)


def _record_delegation(page: PageRequest) -> Response:
    position = record_submission(page, delegation_command(page))
    if position and page.form.get("act") == AWAY:
        ask_for_consent(page.app, position)
    if position and page.form.get("act") == HANDOVER:
        person = page.form.get("person", "") or page.me.id
        tell_of_handover(page.app, person, page.form.get("to", ""), page.me.id)
    return page.redirect(f"/people?noted={position}")


def _invite(page: PageRequest) -> Response:
    """Make a join link and show it once; reloading the page makes another."""
    person, lasts = (
        _selected_person(page),
        INVITATION_LIFETIMES.get(page.form.get("hours", ""), INVITATION_LIFETIMES["4"]),
    )
    app = page.app
    with app.store.writing(app.office.slug) as connection:
        token = account_service(page, connection).invite(person.id, lasts)
    link = f"{page.web_app.address.base(page.request)}/join/{token}"
    telegram = page.web_app.external_join_link(token)
    return page.render(
        "invited.html",
        post=person.post,
        link=link,
        code=qr_code(link),
        telegram=(telegram, qr_code(telegram)) if telegram else (),
        until=page.labels.moment(page.at + lasts),
        confirms=_confirmers(page, person),
    )


def _give_word(page: PageRequest) -> Response:
    """Make a six-digit word and show it once; reloading the page makes another, and voids this one."""
    person, app = _selected_person(page), page.app
    with app.store.writing(app.office.slug) as connection:
        word = account_service(page, connection).invite_by_word(person.id)
    links = [
        (page.say(f"channels.name.{folder}"), link, qr_code(link))
        for folder, account in load_channel_accounts(app.home.path).items()
        if (link := load_platform(folder).chat_link(account))
    ]
    return page.render(
        "join_word.html",
        post=person.post,
        word=f"{word[:3]} {word[3:]}",
        code=qr_code(word),
        links=links,
        until=page.labels.moment(page.at + WORD_LIFETIME),
        confirms=_confirmers(page, person),
    )


def _confirmers(page: PageRequest, person: Person) -> str:
    """Who will have to confirm somebody whom the user invites; empty where nobody has to."""
    office = page.app.office
    if not must_be_confirmed(office, person.id, Absences(), page.app.today):
        return ""
    may = (one.post for one in confirmers(office, person.id, page.me.id))
    return page.say("page.or").join(may) or page.say("page.people.terminal")


def _prefer(page: PageRequest) -> Response:
    """Set the channel on which a person is reached first; empty for the one they wrote from last."""
    person, office = _selected_person(page), page.app.office.slug
    with page.app.store.writing(office) as connection:
        Accounts(connection, office).prefer(person.id, page.form.get("channel", ""))
    return page.redirect("/people")


def _confirm_join(page: PageRequest) -> Response:
    """Confirm an account by the code on its screen. NobodyToLetIn, or what the rules refuse, which is recorded."""
    person, joined = _selected_person(page), page.form.get("joined", "")
    code = "".join(sign for sign in page.form.get("code", "") if sign.isdecimal())
    with page.app.store.writing(page.app.office.slug) as connection:
        waiting = JoinRequests(connection, page.app.office.slug).of_person(person.id)
        request = next((one for one in waiting if str(one.joined) == joined), None)
        if request is None:
            raise NobodyToLetIn(post=person.post)
        refused = _refusal_of(account_service(page, connection), request, code)
    if refused:
        raise refused  # after the commit: the attempt is recorded
    return page.redirect("/people")


def _refusal_of(service: AccountService, request: JoinRequest, code: str) -> Refusal | None:
    try:
        service.confirm(request, code)
    except Refusal as refused:
        return refused
    return None


def _sign_out(page: PageRequest) -> Response:
    """End all sessions and remove all accounts of a person: for a lost telephone, or somebody who left."""
    person = _selected_person(page)
    with page.app.store.writing(page.app.office.slug) as connection:
        account_service(page, connection).remove(person.id)
    return page.redirect("/people")


def _selected_person(page: PageRequest) -> Person:
    wanted = page.form.get("person", "")
    found = page.app.office.find_person(wanted)
    if found is None:
        raise NoSuchPage
    return found


def _render_page(page: PageRequest, problem: str = "") -> Response:
    with viewing(page) as viewer:
        absences = viewer.context.absences
        rows = [row for row in _person_rows(page, viewer) if _may_see(page, row)]
    today, sent = page.app.today, page.form.get("act", "")
    coming = [one for one in absences.delegations if one.last >= today]
    seen = [
        one for one in coming if page.rights >= AccessLevel.READ or page.me.id in {one.person, one.deputy}
    ]
    forms: list[WebForm] = [leave_form(page, absences), handover_form(page)]
    forms = [form.resubmitted(page.form, problem) if problem and form.key == sent else form for form in forms]
    with page.app.log() as log:
        end = log.end().position
    return page.render(
        "people.html",
        422 if problem else 200,
        rows=rows,
        chats=bool(load_channel_accounts(page.app.home.path)),
        delegations=seen,
        awaiting=[one for one in absences.awaiting_on(today) if _may_consent(page, one)],
        may_recall={one.position for one in seen if _may_recall(page, one)},
        forms=forms,
        problem="" if any(form.problem for form in forms) else problem,
        noted=confirmation_notice(page, range(1, end + 1)),
    )


def _person_rows(page: PageRequest, viewer: Viewer) -> Iterator[PersonRow]:
    app, office = page.app, page.app.office
    connection = viewer.context.connection
    accounts = Accounts(connection, office.slug).all()
    sessions = [one.person for one in SessionStore(connection, office.slug).sessions(at=page.at)]
    waiting = JoinRequests(connection, office.slug).waiting()
    for person in office.people:
        yield PersonRow(
            person=person,
            roles=tuple(ROLES[role] for role in ROLES if role in office.roles_of(person.id)),
            accounts=tuple(one for one in accounts if one.person == person.id),
            signed_in=sessions.count(person.id),
            requests=tuple(one for one in waiting if one.person == person.id),
            away=viewer.context.absences.deputy_of(person.id, app.today),
        )


def _may_see(page: PageRequest, row: PersonRow) -> bool:
    return page.rights >= AccessLevel.READ or row.person.id == page.me.id


def _may_consent(page: PageRequest, one: Delegation) -> bool:
    """Whether the user is asked for the consent, or may give it as a second keeper."""
    second = page.may_record and page.me.id not in {one.deputy, one.recorded_by}
    return page.me.id == one.person or second


def _may_recall(page: PageRequest, one: Delegation) -> bool:
    return page.me.id in {one.person, one.deputy} or bool(
        page.app.office.roles_of(page.me.id) & set(DELEGATION_RECORDERS)
    )
