"""Answers one page request: reads its form, finds who makes it, and calls the view where they may have it.

Every page goes through here. A view runs in a thread, because the database makes it wait. Before it is called, the
session, the access level and the form token have been checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.request.held_results import KeptForm
from bot.channels.web.request.request import (
    LINES_PREFIX,
    NoSuchPage,
    PageRequest,
    UploadedFile,
    WebApp,
    clean_line,
    clean_lines,
)
from bot.channels.web.request.security import declared_length
from bot.language.labels import Labels
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.error_log import log_fault
from bot.services.office.joining import WaitingJoin, waiting_session
from config.errors import GongkaiError
from config.office.model import Person
from config.office.roles import AccessLevel, access_level
from storage.eventlog.log import Log
from storage.eventlog.recorded_office import office_events
from storage.events.delegations import fold_absences
from storage.messaging.sessions import BrowserSession, SessionStore

STRANGER = "stranger"
"""The key of the refusal of whoever is not signed in."""
MAX_FIELDS = 100
MAX_FILES = 12
MAX_FIELD_BYTES = 1024 * 1024  # bytes of one field: a text of three hundred thousand characters
MULTILINE_FIELDS = frozenset({"body", "alts"})
"""Form fields whose text has several lines, besides those whose names begin with ``LINES_PREFIX``."""

PageView = Callable[[PageRequest], Response]
"""A page, or what a form of it does: a plain function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEndpoint:
    """Answers the requests to one address by its view, for whoever has the access that it needs."""

    web_app: WebApp
    view: PageView
    need: AccessLevel
    most_files: int = 0
    """How many files its form may have; they are read only from users who have the access."""

    async def answer(self, request: Request) -> Response:
        """The page, the answer to its form, or the refusal."""
        if request.method != "POST":
            return await run_in_threadpool(self._respond, request, {}, ())
        if self.most_files and (refused := await run_in_threadpool(self._early_refusal, request)):
            return refused  # before anything large is read
        form, files = await _read_form(request, self.most_files)
        return await run_in_threadpool(self._respond, request, form, files)

    def _early_refusal(self, request: Request) -> Response | None:
        """The refusal of a user who may not send anything here at all, made before their form is read."""
        page = _page_request(self.web_app, request, {}, ())
        stopped = _access_refusal(page, self.need, form=False)
        if stopped and _ended_person(page):
            return None  # what they wrote is kept
        return _refusal_page(page, *stopped) if stopped else None

    def _respond(
        self, request: Request, form: Mapping[str, str], files: tuple[UploadedFile, ...]
    ) -> Response:
        page = _page_request(self.web_app, request, form, files)
        if stopped := _access_refusal(page, self.need):
            return _refusal_page(page, *stopped)
        try:
            return _renewed(page, self.view(page))
        except HTTPException:
            raise
        except GongkaiError as refused:
            status = 404 if isinstance(refused, NoSuchPage) else 422
            return page.render("refused.html", status, problem=page.labels.book.error(refused))
        except Exception:  # noqa: BLE001 - a channel's top: the fault is logged with its trace, and the page goes on
            target = log_fault(self.web_app.app.home.path, page=self.view.__name__)
            return page.render("refused.html", 500, problem=page.say("fault", log=target.name))


async def _read_form(request: Request, most: int) -> tuple[dict[str, str], tuple[UploadedFile, ...]]:
    form: dict[str, str] = {}
    files: list[UploadedFile] = []
    async with request.form(max_files=most, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                called = clean_line((value.filename or "").replace("\\", "/").rpartition("/")[2])
                files += [UploadedFile(name=called, content=await value.read())] if called else []
            else:
                has_lines = name in MULTILINE_FIELDS or name.startswith(LINES_PREFIX)
                form[name] = clean_lines(value) if has_lines else clean_line(value)
    return form, tuple(files)


class _User(NamedTuple):
    """Who makes a request, by the session of their browser; a stranger where there is none."""

    session: BrowserSession | None = None
    person: Person | None = None
    rights: AccessLevel = AccessLevel.ANYONE
    waiting: WaitingJoin | None = None


def _page_request(
    web_app: WebApp, request: Request, form: Mapping[str, str], files: tuple[UploadedFile, ...]
) -> PageRequest:
    app, at = web_app.app, web_app.app.clock.now()
    user = _user_of(web_app, request, at)
    book = office_phrasebook(app.office, user.person.language) if user.person else user_phrasebook()
    return PageRequest(
        web_app=web_app,
        request=request,
        form=form,
        at=at,
        session=user.session,
        person=user.person,
        rights=user.rights,
        labels=Labels(book=book, office=app.office),
        files=files,
        waiting=user.waiting,
    )


def _user_of(web_app: WebApp, request: Request, at: datetime) -> _User:
    app, secret = web_app.app, _session_secret(web_app, request)
    if secret is None:
        return _User()
    with app.store.reading() as connection:
        session = SessionStore(connection, app.office.slug).session(secret, at=at)
        if session is None:
            return _User()
        person = app.office.find_person(session.person)  # of somebody who left the office it signs nobody in
        rights = AccessLevel.JOINED if session.waits else _access_level_of(app, connection, person)
        return _User(session, person, rights, waiting_session(app, connection, session))


def _session_secret(web_app: WebApp, request: Request) -> str | None:
    return web_app.token_signer.session_secret(request.cookies.get(web_app.address.cookie, ""))


def _access_level_of(app: OfficeApp, connection: Connection, person: Person | None) -> AccessLevel:
    """A person's access level, by their roles and by those of everybody they are the deputy of today."""
    if person is None:
        return AccessLevel.ANYONE
    roles = app.office.roles_of(person.id)
    if (own := access_level(roles)) is AccessLevel.RECORD:
        return own
    absences = fold_absences(office_events(Log(connection, app.office.slug)))
    acting = absences.acting_as(person.id, app.today)
    return access_level(roles.union(*map(app.office.roles_of, acting)))


def _access_refusal(page: PageRequest, need: AccessLevel, *, form: bool = True) -> tuple[int, str] | None:
    """Status and phrase where the view may not be called. Before the ``form`` is read, no form token is checked."""
    posted = page.request.method == "POST"
    if posted and not page.web_app.address.same_origin(page.request.headers):
        return 403, "foreign"
    if need is AccessLevel.ANYONE:
        return None
    if page.session is None or page.person is None:
        return 401, STRANGER
    if posted and _sends_too_much(page, page.person):
        return 429, "too_many"
    ours = page.web_app.token_signer.is_form_token(page.session.id, page.form.get("token", ""))
    return (403, "foreign") if form and posted and not ours else _member_refusal(page, need)


def _sends_too_much(page: PageRequest, person: Person) -> bool:
    """Whether a person has sent too much in a minute; a form is counted once, before or after it is read."""
    state, size = page.request.state, declared_length(page.request.headers)
    if not hasattr(state, "too_much"):
        state.too_much = bool(page.web_app.own_forms.admit(person.id, form=True, size=size))
    return bool(state.too_much)


def _member_refusal(page: PageRequest, need: AccessLevel) -> tuple[int, str] | None:
    """The same for a signed-in user."""
    if page.awaits_confirmation and page.request.url.path != "/leave":
        return 403, "unconfirmed"
    if page.rights < need:
        return 403, "nothing_yet" if page.rights < AccessLevel.READ else "read_only"
    return None


def _refusal_page(page: PageRequest, status: int, key: str) -> Response:
    if key == STRANGER and page.form and (person := _ended_person(page)):
        names = tuple(one.name for one in page.files)
        kept = KeptForm(path=page.request.url.path, fields=page.form, files=names)
        return page.render("kept.html", status, kept=kept, link=page.web_app.kept_forms.keep(person, kept))
    return page.render("stopped.html", status, title=f"page.{key}.title", text=f"page.{key}.text")


def _ended_person(page: PageRequest) -> str:
    """Whose session this browser had until it ran out; empty where it had none, or is signed in."""
    app, secret = page.app, _session_secret(page.web_app, page.request)
    if secret is None or page.session:
        return ""
    with app.store.reading() as connection:
        person = SessionStore(connection, app.office.slug).person_of_ended(secret)
    return person if app.office.find_person(person) else ""


def _renewed(page: PageRequest, response: Response) -> Response:
    """Let the session of a page that was answered live on, at most once a day: looking must not cost a write."""
    web_app, session = page.web_app, page.session
    if session is None or not SessionStore.is_due_for_renewal(session, page.at):
        return response
    with web_app.app.store.writing(web_app.app.office.slug) as connection:
        SessionStore(connection, web_app.app.office.slug).renew(session.id, at=page.at)
    secret = _session_secret(web_app, page.request)
    if secret and "set-cookie" not in response.headers:  # signing out answers with a cookie of its own
        web_app.token_signer.set_session_cookie(response, secret, web_app.address)
    return response
