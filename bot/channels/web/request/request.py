"""Handles one page request: who makes it, what they may do, and which view answers. Every page goes through here.

A view is a plain function from a ``PageRequest`` to a response. It runs in a thread, because the database makes it
wait. Before it is called, the session, the access level and the form token have been checked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.frame.display import DISPLAY_COOKIE, display_of_cookie
from bot.channels.web.frame.field_help import field_help
from bot.channels.web.frame.navigation import navigation
from bot.channels.web.request.held_results import HeldResults, KeptForm, KeptForms
from bot.channels.web.request.public_address import PublicAddress
from bot.channels.web.request.security import PERSON_LIMITS, RequestMeter, declared_length
from bot.channels.web.request.sessions import TokenSigner
from bot.language.labels import Labels
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.error_log import log_fault
from bot.services.office.joining import WaitingJoin, waiting_session
from config.clock import ManualClock
from config.errors import GongkaiError, Refusal
from config.office.channel_secrets import ChannelAccount
from config.office.loader import Person
from config.office.roles import AccessLevel, access_level
from scheduler.recording.context import ActingAccount
from storage.eventlog.recorded_office import office_events
from storage.events.delegations import fold_absences
from storage.messaging.sessions import BrowserSession, SessionStore

STRANGER = "stranger"
"""The key of the refusal of whoever is not signed in."""
MAX_FIELDS = 100
MAX_FILES = 12
MAX_FIELD_BYTES = 1024 * 1024  # bytes of one field: a text of three hundred thousand characters
MULTILINE_FIELDS = frozenset({"body", "alts"})
"""Form fields whose text has several lines."""
LINES_PREFIX = "lines."
"""Begins the name of any other field whose text has several lines."""


class NoSuchPage(Refusal):
    """There is no such page. Go back to what is open, or search for the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingMode:
    """The training town: its clock, and the callback that runs whenever the clock is moved."""

    clock: ManualClock
    on_clock_moved: Callable[[], object]


class PlatformSwitch(Protocol):
    """Opens and closes the chat platforms of the running program."""

    def open(self, account: ChannelAccount) -> None:
        """Open a platform, or open it anew after its account was changed."""
        ...

    def close(self, folder: str) -> None:
        """Close a platform, if it is open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebApp:
    """The office behind the pages, the signer of its cookies and forms, and its training mode."""

    app: OfficeApp
    token_signer: TokenSigner
    training: TrainingMode | None = None
    """Set where the clock is moved by hand; every page then shows a banner."""
    own_forms: RequestMeter = field(default_factory=lambda: RequestMeter(PERSON_LIMITS))
    """What each person has sent in the last minute, from whatever address."""
    external_join_link: Callable[[str], str] = lambda _token: ""
    """The link by which an invitation's token lets somebody in on a chat's own channel, where there is one."""
    address: PublicAddress = field(default_factory=PublicAddress)
    """The address under which people open the page."""
    platforms: PlatformSwitch | None = None
    """The chat platforms, where the program that serves the page also keeps them open."""
    held_results: HeldResults = field(default_factory=HeldResults)
    """What a form produced that is recorded nowhere, for a while."""
    kept_forms: KeptForms = field(default_factory=lambda: KeptForms(HeldResults()))
    """Forms that were sent after their session had ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file that was uploaded with a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """One request as its view sees it: the form, the user, their access level and their language."""

    web_app: WebApp
    request: Request
    form: Mapping[str, str]
    at: datetime
    session: BrowserSession | None
    person: Person | None
    rights: AccessLevel
    labels: Labels
    files: tuple[UploadedFile, ...] = ()
    waiting: WaitingJoin | None = None
    """What a session waits for that a second person has still to confirm; None once it is confirmed."""

    @property
    def awaits_confirmation(self) -> bool:
        """Whether a second person has still to confirm this session: it opens nothing before."""
        return bool(self.session and self.session.waits)

    @property
    def account(self) -> ActingAccount | None:
        """The session through which the user acts."""
        return ActingAccount(self.session.joined, bool(self.session.confirmed_by)) if self.session else None

    @property
    def me(self) -> Person:
        """The signed-in user. NoSuchPage where nobody is signed in."""
        if self.person is None:
            raise NoSuchPage
        return self.person

    @property
    def app(self) -> OfficeApp:
        """The opened office."""
        return self.web_app.app

    def say(self, key: str, **parts: object) -> str:
        """A phrase in the user's language."""
        return self.labels.book.say(key, **parts)

    @property
    def may_record(self) -> bool:
        """Whether the user may record entries."""
        return self.rights >= AccessLevel.RECORD

    def query_value(self, name: str) -> str:
        """One parameter of the query string; empty where it is missing."""
        return clean_line(self.request.query_params.get(name, ""))

    def path_number(self, name: str) -> int:
        """A number in the path. NoSuchPage where it is larger than the database can store."""
        found: int = self.request.path_params[name]
        if found >= 2**63:
            raise NoSuchPage
        return found

    def render(self, template: str, status: int = 200, *, under: str = "", **parts: Any) -> Response:
        """Render a template as an HTML response; ``under`` names the page of the navigation that it lies below."""
        path, year = self.request.url.path, self.app.today.year
        token = self.web_app.token_signer.form_token(self.session.id) if self.session else ""
        html = (
            page_templates()
            .get_template(template)
            .render(
                page=self,
                say=self.say,
                labels=self.labels,
                here=path,
                nav=navigation(path, self.rights, year, under),
                display=display_of_cookie(self.request.cookies.get(DISPLAY_COOKIE, "")),
                token=token,
                year=year,
                training=self.web_app.training,
                **parts,
            )
        )
        return HTMLResponse(html, status)

    def redirect(self, path: str) -> Response:
        """Redirect to another page (303), so that reloading repeats nothing."""
        return RedirectResponse(path, 303)


PageView = Callable[[PageRequest], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page_endpoint(
    web_app: WebApp, view: PageView, need: AccessLevel = AccessLevel.READ, *, most_files: int = 0
) -> Endpoint:
    """Make the endpoint of a view; files are accepted only from users who have the required access."""

    async def endpoint(request: Request) -> Response:
        form: dict[str, str] = {}
        sent: tuple[UploadedFile, ...] = ()
        if request.method == "POST":
            if most_files and (turned := await run_in_threadpool(_early_refusal, web_app, need, request)):
                return turned  # before anything large is read
            form, sent = await _read_form(request, most_files)
        return await run_in_threadpool(_respond, web_app, view, need, _RawRequest(request, form, sent))

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
                form[name] = clean_lines(value) if _has_lines(name) else clean_line(value)
    return form, tuple(files)


def _has_lines(name: str) -> bool:
    return name in MULTILINE_FIELDS or name.startswith(LINES_PREFIX)


def clean_line(text: str) -> str:
    """Clean one line of text: drop control and invisible characters, collapse and trim white space."""
    joined = " ".join(text.split())
    return "".join(sign for sign in joined if sign.isprintable())


def clean_lines(text: str) -> str:
    """Clean a text of several lines, line by line; empty lines around it are dropped."""
    return "\n".join(clean_line(line) for line in text.splitlines()).strip("\n")


def _early_refusal(web_app: WebApp, need: AccessLevel, request: Request) -> Response | None:
    """The refusal of a user who may not send anything here at all, made before their form is read."""
    page = _page_request(web_app, _RawRequest(request, {}, ()))
    stopped = _access_refusal(page, need, form=False)
    if stopped and _ended_person(page):
        return None  # what they wrote is kept
    return _refusal_page(page, *stopped) if stopped else None


def _refusal_page(page: PageRequest, status: int, key: str) -> Response:
    if key == STRANGER and page.form and (person := _ended_person(page)):
        names = tuple(one.name for one in page.files)
        kept = KeptForm(path=page.request.url.path, fields=page.form, files=names)
        return page.render("kept.html", status, kept=kept, link=page.web_app.kept_forms.keep(person, kept))
    return page.render("stopped.html", status, title=f"page.{key}.title", text=f"page.{key}.text")


def _respond(web_app: WebApp, view: PageView, need: AccessLevel, asked: _RawRequest) -> Response:
    page = _page_request(web_app, asked)
    stopped = _access_refusal(page, need)
    if stopped:
        return _refusal_page(page, *stopped)
    try:
        return _renewed(page, view(page))
    except HTTPException:
        raise
    except GongkaiError as refused:
        status = 404 if isinstance(refused, NoSuchPage) else 422
        return page.render("refused.html", status, problem=page.labels.book.error(refused))
    except Exception:  # noqa: BLE001 - a channel's top: the fault is logged with its trace, and the page goes on
        target = log_fault(web_app.app.home.path, page=view.__name__)
        return page.render("refused.html", 500, problem=page.say("fault", log=target.name))


def _renewed(page: PageRequest, response: Response) -> Response:
    """Let the session of a page that was answered live on, at most once a day: looking must not cost a write."""
    web_app, session = page.web_app, page.session
    if session is None or not SessionStore.is_due_for_renewal(session, page.at):
        return response
    with web_app.app.store.writing(web_app.app.office.slug) as connection:
        SessionStore(connection, web_app.app.office.slug).renew(session.id, at=page.at)
    secret = web_app.token_signer.session_secret(page.request.cookies.get(web_app.address.cookie, ""))
    if secret and "set-cookie" not in response.headers:  # signing out answers with a cookie of its own
        web_app.token_signer.set_session_cookie(response, secret, web_app.address)
    return response


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


class _RawRequest(NamedTuple):
    """The request as it arrived: its form and files are read, its user is not known yet."""

    request: Request
    form: Mapping[str, str]
    files: tuple[UploadedFile, ...]


def _page_request(web_app: WebApp, asked: _RawRequest) -> PageRequest:
    app = web_app.app
    at = app.clock.now()
    session, waiting = _session(web_app, asked.request, at)
    found = (row for row in app.office.people if session and row.id == session.person)
    person = next(found, None)  # a session of somebody who left office.toml signs nobody in
    book = office_phrasebook(app.office, person.language) if person else user_phrasebook()
    return PageRequest(
        web_app=web_app,
        request=asked.request,
        form=asked.form,
        at=at,
        session=session,
        person=person,
        rights=AccessLevel.JOINED if session and session.waits else _access_level_of(web_app, person),
        labels=Labels(book=book, office=app.office),
        files=asked.files,
        waiting=waiting,
    )


def _ended_person(page: PageRequest) -> str:
    """Whose session this browser had until it ran out; empty where it had none, or is signed in."""
    web_app = page.web_app
    secret = web_app.token_signer.session_secret(page.request.cookies.get(web_app.address.cookie, ""))
    if secret is None or page.session:
        return ""
    office = web_app.app.office
    with web_app.app.store.reading() as connection:
        person = SessionStore(connection, office.slug).person_of_ended(secret)
    return person if office.find_person(person) else ""


def _session(
    web_app: WebApp, request: Request, at: datetime
) -> tuple[BrowserSession | None, WaitingJoin | None]:
    """The session of this browser, and what it waits for while a second person has still to confirm it."""
    secret = web_app.token_signer.session_secret(request.cookies.get(web_app.address.cookie, ""))
    if secret is None:
        return None, None
    with web_app.app.store.reading() as connection:
        found = SessionStore(connection, web_app.app.office.slug).session(secret, at=at)
        return found, waiting_session(web_app.app, connection, found)


def _access_level_of(web_app: WebApp, person: Person | None) -> AccessLevel:
    """A person's access level, by their roles and by those of everybody they are the deputy of today."""
    if person is None:
        return AccessLevel.ANYONE
    app, roles = web_app.app, web_app.app.office.roles_of(person.id)
    if (own := access_level(roles)) is AccessLevel.RECORD:
        return own
    with app.log() as log:
        acting = fold_absences(office_events(log)).acting_as(person.id, app.today)
    return access_level(roles.union(*map(app.office.roles_of, acting)))


@cache
def page_templates() -> Environment:
    """The templates of the pages; what stands in them is escaped, and a name that nobody gave is a fault."""
    templates = Environment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["field_help"] = field_help
    return templates
