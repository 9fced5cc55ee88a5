"""What a view is given: the request with its form and files, its user, and the office; and how a page is rendered.

A view is a plain function from a ``PageRequest`` to a response; ``endpoint.py`` makes the one and sends the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.frame.display import DISPLAY_COOKIE, display_of_cookie
from bot.channels.web.frame.field_help import field_help
from bot.channels.web.frame.navigation import navigation
from bot.channels.web.request.held_results import HeldResults, KeptForms
from bot.channels.web.request.public_address import PublicAddress
from bot.channels.web.request.security import PERSON_LIMITS, RequestMeter, TokenSigner
from bot.language.labels import Labels
from bot.services.app import OfficeApp
from bot.services.office.joining import WaitingJoin
from config.clock import ManualClock
from config.errors import Refusal
from config.office.channel_secrets import ChannelAccount
from config.office.model import Person
from config.office.roles import AccessLevel
from scheduler.recording.context import ActingAccount
from storage.messaging.sessions import BrowserSession

LINES_PREFIX = "lines."
"""Begins the name of a field whose text has several lines."""


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


def clean_line(text: str) -> str:
    """Clean one line of text: drop control and invisible characters, collapse and trim white space."""
    joined = " ".join(text.split())
    return "".join(sign for sign in joined if sign.isprintable())


def clean_lines(text: str) -> str:
    """Clean a text of several lines, line by line; empty lines around it are dropped."""
    return "\n".join(clean_line(line) for line in text.splitlines()).strip("\n")


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
