"""Shows people where they are signed in, ends one or all of it, and has them show anew who they are.

Letting somebody in asks for that where the session is older than a quarter of an hour: a PC left open must not let in
whom it likes. Six digits from the person's own chat show it (docs/decisions/0046-sessions-people-see.md).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import account_service
from bot.channels.web_chat import WEB_CHANNEL
from bot.services.accounts.recovery import KeeperRecovery
from config.clock import office_day
from config.errors import Refusal
from scheduler.signoff.confirmation import keepers
from storage.channels.join_words import JoinWords, TooManyGuesses, WordUnknown
from storage.channels.recovery_codes import RecoveryCodes
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.sessions import SESSION_LIFETIME, BrowserSession, SessionStore

PROOF_LASTS = timedelta(minutes=15)
END, END_OTHERS, END_ALL, PROVE, PRINT = "end", "end_others", "end_all", "prove", "print"


def needs_proof(page: PageRequest) -> bool:
    """Whether the user has to show anew who they are: their session is old, and a chat of theirs can show it."""
    session = page.session
    if session is None or page.at - (session.proved_at or session.began_at) <= PROOF_LASTS:
        return False
    with page.app.store.reading() as connection:
        accounts = Accounts(connection, page.app.office.slug).of_person(page.me.id)
    return any(one.channel != WEB_CHANNEL and one.state is AddressState.OK for one in accounts)


def sessions_page(page: PageRequest) -> Response:
    """The page of the user's own sessions."""
    return _render_page(page)


def submit_sessions_form(page: PageRequest) -> Response:
    """End one session, all others or all of them, show anew who one is, or print recovery codes. NoSuchPage."""
    acts: dict[str, Callable[[PageRequest], Response]] = {
        END: lambda page: _end(page, lambda one: one.id == page.form.get("session", "")),
        END_OTHERS: lambda page: _end(page, lambda one: page.session is None or one.id != page.session.id),
        END_ALL: lambda page: _end(page, lambda _one: True),
        PROVE: _prove,
        PRINT: _print_recovery_sheet,
    }
    act = acts.get(page.form.get("act", ""))
    if act is None:
        raise NoSuchPage
    return act(page)


def _end(page: PageRequest, is_ended: Callable[[BrowserSession], bool]) -> Response:
    app = page.app
    with app.store.writing(app.office.slug) as connection:
        service = account_service(page, connection)
        ended = [one for one in service.sessions.of_person(page.me.id, at=page.at) if is_ended(one)]
        if ended:
            service.sign_out(page.me.id, ended)
    return page.redirect("/sessions")


def _prove(page: PageRequest) -> Response:
    """Take the six digits of the user's chat. What was wrong is said, and the guess stays counted."""
    session, refused = page.session, None
    if session is None:
        raise NoSuchPage
    word = "".join(page.form.get("word", "").split())
    with page.app.store.writing(page.app.office.slug) as connection:
        refused = _refusal_of_word(page, JoinWords(connection, page.app.office.slug), word, session.id)
        if refused is None:
            SessionStore(connection, page.app.office.slug).prove(session.id, at=page.at)
    return _render_page(page, page.labels.book.error(refused)) if refused else page.redirect("/people")


def _print_recovery_sheet(page: PageRequest) -> Response:
    """Make the user's recovery codes and show them once. NotAKeeper, AccountUnconfirmed."""
    if needs_proof(page):
        return page.redirect("/sessions")
    with page.app.store.writing(page.app.office.slug) as connection:
        codes = KeeperRecovery(account_service(page, connection)).print_sheet(page.me.id)
    return page.render(
        "recovery_sheet.html", codes=codes, post=page.me.post, office=page.app.office.name, day=page.app.today
    )


def _refusal_of_word(page: PageRequest, words: JoinWords, word: str, session: str) -> Refusal | None:
    try:
        is_own = words.use(word, WEB_CHANNEL, session, at=page.at).person == page.me.id
    except (WordUnknown, TooManyGuesses) as refused:
        return refused
    return None if is_own else WordUnknown()


def _render_page(page: PageRequest, problem: str = "") -> Response:
    with page.app.store.reading() as connection:
        own = SessionStore(connection, page.app.office.slug).of_person(page.me.id, at=page.at)
        codes_left = RecoveryCodes(connection, page.app.office.slug).left(page.me.id)
    return page.render(
        "sessions.html",
        422 if problem else 200,
        sessions=[(one, office_day(one.expires_at - SESSION_LIFETIME)) for one in own],
        here_id=page.session.id if page.session else "",
        needs_proof=needs_proof(page),
        is_keeper=page.me.id in keepers(page.app.office),
        codes_left=codes_left,
        problem=problem,
    )
