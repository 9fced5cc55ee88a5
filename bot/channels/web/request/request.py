"""A visit: one request, who makes it, and what they may do. Every page goes through here.

A view is a plain function from a visit to a response. It runs in a thread, because the database makes it
wait; who is signed in, whether they may, and whether the form is ours has been settled before it is called.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.request.security import same_origin
from bot.channels.web.request.sessions import COOKIE, TokenSigner
from bot.dialog.permissions import REGISTER_KEEPER_ROLES, is_office_staff
from bot.language.labels import Labels
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.error_log import log_fault
from config.clock import ManualClock
from config.errors import GongkaiError, Refusal
from config.office.loader import Office, Person
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.sessions import BrowserSession, SessionStore

MAX_FIELDS = 100
MAX_FILES = 12
MAX_FIELD_BYTES = 1024 * 1024  # bytes of one field: a text of three hundred thousand characters
MULTILINE_FIELDS = frozenset({"body"})
"""Fields of several lines."""
WEB_CHANNEL = "page"  # the channel's name, as accounts know it


class NoSuchPage(Refusal):
    """There is no such page. Go back to what is open, or search for the case."""


class AccessLevel(IntEnum):
    """What a page asks for, and what a person has: each includes those before it."""

    ANYONE = 0
    JOINED = 1
    READ = 2
    RECORD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingMode:
    """A town to practise in: its clock, and what happens whenever it is moved."""

    clock: ManualClock
    on_clock_moved: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebApp:
    """The office behind the pages, and its seals."""

    app: OfficeApp
    token_signer: TokenSigner
    training: TrainingMode | None = None
    """Set where the clock is set by hand: every page says so."""
    external_join_link: Callable[[str], str] = lambda _token: ""
    """The link by which an invitation's token lets somebody in on a chat's own channel, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that came with a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One request as a view sees it."""

    web_app: WebApp
    request: Request
    form: Mapping[str, str]
    at: datetime
    session: BrowserSession | None
    person: Person | None
    rights: AccessLevel
    labels: Labels
    files: tuple[UploadedFile, ...] = ()
    awaits_confirmation: bool = False
    """They came by a link, and a second person has still to say who they are."""

    @property
    def me(self) -> Person:
        """Who is signed in. A view that anybody may see never asks."""
        if self.person is None:
            raise NoSuchPage
        return self.person

    @property
    def app(self) -> OfficeApp:
        """The office."""
        return self.web_app.app

    def say(self, key: str, **parts: object) -> str:
        """A phrase in the person's language."""
        return self.labels.book.say(key, **parts)

    @property
    def may_record(self) -> bool:
        """Whether the person may record."""
        return self.rights >= AccessLevel.RECORD

    def query_value(self, name: str) -> str:
        """One part of the address's query, or nothing."""
        return clean_line(self.request.query_params.get(name, ""))

    def path_number(self, name: str) -> int:
        """A number in the path. NoSuchPage where it is beyond what the database can hold."""
        found: int = self.request.path_params[name]
        if found >= 2**63:
            raise NoSuchPage
        return found

    def render(self, template: str, status: int = 200, **parts: Any) -> Response:
        """A page."""
        token = self.web_app.token_signer.form_token(self.session.id) if self.session else ""
        html = (
            _environment()
            .get_template(template)
            .render(
                visit=self,
                say=self.say,
                labels=self.labels,
                here=self.request.url.path,
                token=token,
                year=self.app.today.year,
                training=self.web_app.training,
                **parts,
            )
        )
        return HTMLResponse(html, status)

    def redirect(self, path: str) -> Response:
        """On to another page, so that reloading repeats nothing."""
        return RedirectResponse(path, 303)


PageView = Callable[[PageRequest], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page_endpoint(
    site: WebApp, view: PageView, need: AccessLevel = AccessLevel.READ, *, files: bool = False
) -> Endpoint:
    """The endpoint of a view; ``files`` are taken only from whoever may use it."""

    async def endpoint(request: Request) -> Response:
        form: dict[str, str] = {}
        sent: tuple[UploadedFile, ...] = ()
        if request.method == "POST":
            if files and (turned := await run_in_threadpool(_early_refusal, site, need, request)):
                return turned  # before anything large is read
            form, sent = await _read_form(request, MAX_FILES if files else 0)
        return await run_in_threadpool(_respond, site, view, need, _RawRequest(request, form, sent))

    return endpoint


async def _read_form(request: Request, most: int) -> tuple[dict[str, str], tuple[UploadedFile, ...]]:
    form: dict[str, str] = {}
    files: list[UploadedFile] = []
    async with request.form(max_files=most, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                called = clean_line((value.filename or "").replace("\\", "/").rpartition("/")[2])
                files += [UploadedFile(name=called, content=await value.read())] if called else []
            else:
                form[name] = clean_lines(value) if name in MULTILINE_FIELDS else clean_line(value)
    return form, tuple(files)


def clean_line(text: str) -> str:
    """One line of plain text: no control signs, nothing invisible, no blanks around it."""
    joined = " ".join(text.split())
    return "".join(sign for sign in joined if sign.isprintable())


def clean_lines(text: str) -> str:
    """A text of several lines, each of them tidy; no empty ones around it."""
    return "\n".join(clean_line(line) for line in text.splitlines()).strip("\n")


def _early_refusal(site: WebApp, need: AccessLevel, request: Request) -> Response | None:
    """What is answered to whoever may not send anything here at all; their form was not looked at."""
    visit = _page_request(site, _RawRequest(request, {}, ()))
    stopped = _access_refusal(visit, need, form=False)
    return _refusal_page(visit, *stopped) if stopped else None


def _refusal_page(visit: PageRequest, status: int, key: str) -> Response:
    return visit.render("stopped.html", status, title=f"page.{key}.title", text=f"page.{key}.text")


def _respond(site: WebApp, view: PageView, need: AccessLevel, asked: _RawRequest) -> Response:
    visit = _page_request(site, asked)
    stopped = _access_refusal(visit, need)
    if stopped:
        return _refusal_page(visit, *stopped)
    try:
        return view(visit)
    except HTTPException:
        raise
    except GongkaiError as refused:
        status = 404 if isinstance(refused, NoSuchPage) else 422
        return visit.render("refused.html", status, problem=visit.labels.book.error(refused))
    except Exception:  # noqa: BLE001 - a channel's top: the fault is logged with its trace, and the page goes on
        target = log_fault(site.app.home.path, page=view.__name__)
        return visit.render("refused.html", 500, problem=visit.say("fault", log=target.name))


def _access_refusal(visit: PageRequest, need: AccessLevel, *, form: bool = True) -> tuple[int, str] | None:
    """Why the view is not asked at all: status and phrase. Without its ``form`` no token can be looked at yet."""
    posted = visit.request.method == "POST"
    if posted and not same_origin(visit.request.headers):
        return 403, "foreign"
    if need is AccessLevel.ANYONE:
        return None
    if visit.session is None or visit.person is None:
        return 401, "stranger"
    ours = visit.web_app.token_signer.is_form_token(visit.session.id, visit.form.get("token", ""))
    return (403, "foreign") if form and posted and not ours else _member_refusal(visit, need)


def _member_refusal(visit: PageRequest, need: AccessLevel) -> tuple[int, str] | None:
    """The same for whoever is signed in."""
    if visit.awaits_confirmation and visit.request.url.path != "/leave":
        return 403, "unconfirmed"
    if visit.rights < need:
        return 403, "nothing_yet" if visit.rights < AccessLevel.READ else "read_only"
    return None


class _RawRequest(NamedTuple):
    """What came over the wire."""

    request: Request
    form: Mapping[str, str]
    files: tuple[UploadedFile, ...]


def _page_request(site: WebApp, asked: _RawRequest) -> PageRequest:
    app = site.app
    at = app.clock.now()
    session, waits = _session(site, asked.request, at)
    found = (row for row in app.office.people if session and row.id == session.person)
    person = next(found, None)  # who left the office's file is nobody here, whatever their browser holds
    book = office_phrasebook(app.office, person.language) if person else user_phrasebook()
    return PageRequest(
        web_app=site,
        request=asked.request,
        form=asked.form,
        at=at,
        session=session,
        person=person,
        rights=AccessLevel.JOINED if waits else access_level_of(app.office, person),
        labels=Labels(book=book, office=app.office),
        files=asked.files,
        awaits_confirmation=waits,
    )


def _session(site: WebApp, request: Request, at: datetime) -> tuple[BrowserSession | None, bool]:
    """Who is signed in at this browser, and whether a second person has still to confirm them."""
    secret = site.token_signer.session_secret(request.cookies.get(COOKIE, ""))
    if secret is None:
        return None, False
    office = site.app.office.slug
    with site.app.store.reading() as connection:
        found = SessionStore(connection, office).session(secret, at=at)
        account = Accounts(connection, office).at(WEB_CHANNEL, found.person) if found else None
    return found, bool(account and account.state is AddressState.UNCONFIRMED)


def access_level_of(office: Office, person: Person | None) -> AccessLevel:
    """What a person may do here, by the office's file."""
    if person is None:
        return AccessLevel.ANYONE
    if office.roles_of(person.id) & REGISTER_KEEPER_ROLES:
        return AccessLevel.RECORD
    return AccessLevel.READ if is_office_staff(office, person.id) else AccessLevel.JOINED


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
