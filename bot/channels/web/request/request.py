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
from bot.channels.web.request.sessions import COOKIE, Seals
from bot.dialog.permissions import RECORDERS, reads_all
from bot.language.labels import Labels
from bot.language.phrasebook import book_of
from bot.services.app import Works, words
from bot.services.error_log import log_fault
from config.clock import HandClock
from config.errors import Gongkai, Refusal
from config.office.loader import Office, Person
from storage.messaging.accounts import Accounts, State
from storage.messaging.sessions import People, SignedIn

MOST_FIELDS = 100
MOST_FILES = 12
MOST_TEXT = 1024 * 1024  # bytes of one field: a text of three hundred thousand characters
LONG = frozenset({"body"})
"""Fields of several lines."""
PAGE = "page"  # the channel's name, as accounts know it


class NoSuchPage(Refusal):
    """There is no such page. Go back to what is open, or search for the case."""


class Rights(IntEnum):
    """What a page asks for, and what a person has: each includes those before it."""

    ANYONE = 0
    JOINED = 1
    READ = 2
    RECORD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A town to practise in: its clock, and what happens whenever it is moved."""

    clock: HandClock
    moved: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The office behind the pages, and its seals."""

    works: Works
    seals: Seals
    training: Training | None = None
    """Set where the clock is set by hand: every page says so."""
    elsewhere: Callable[[str], str] = lambda _token: ""
    """The link by which an invitation's token lets somebody in on a chat's own channel, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request as a view sees it."""

    site: Site
    request: Request
    form: Mapping[str, str]
    at: datetime
    session: SignedIn | None
    person: Person | None
    rights: Rights
    labels: Labels
    files: tuple[Upload, ...] = ()
    waits: bool = False
    """They came by a link, and a second person has still to say who they are."""

    @property
    def me(self) -> Person:
        """Who is signed in. A view that anybody may see never asks."""
        if self.person is None:
            raise NoSuchPage
        return self.person

    @property
    def works(self) -> Works:
        """The office."""
        return self.site.works

    def say(self, key: str, **parts: object) -> str:
        """A phrase in the person's language."""
        return self.labels.book.say(key, **parts)

    @property
    def may_record(self) -> bool:
        """Whether the person may record."""
        return self.rights >= Rights.RECORD

    def asked(self, name: str) -> str:
        """One part of the address's query, or nothing."""
        return tidy(self.request.query_params.get(name, ""))

    def number(self, name: str) -> int:
        """A number in the path. NoSuchPage where it is beyond what the database can hold."""
        found: int = self.request.path_params[name]
        if found >= 2**63:
            raise NoSuchPage
        return found

    def show(self, template: str, status: int = 200, **parts: Any) -> Response:
        """A page."""
        token = self.site.seals.form_token(self.session.id) if self.session else ""
        html = (
            _environment()
            .get_template(template)
            .render(
                visit=self,
                say=self.say,
                labels=self.labels,
                here=self.request.url.path,
                token=token,
                year=self.works.today.year,
                training=self.site.training,
                **parts,
            )
        )
        return HTMLResponse(html, status)

    def go(self, path: str) -> Response:
        """On to another page, so that reloading repeats nothing."""
        return RedirectResponse(path, 303)


View = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def page(site: Site, view: View, need: Rights = Rights.READ, *, files: bool = False) -> Endpoint:
    """The endpoint of a view; ``files`` are taken only from whoever may use it."""

    async def endpoint(request: Request) -> Response:
        form: dict[str, str] = {}
        sent: tuple[Upload, ...] = ()
        if request.method == "POST":
            if files and (turned := await run_in_threadpool(_turned_away, site, need, request)):
                return turned  # before anything large is read
            form, sent = await _read(request, MOST_FILES if files else 0)
        return await run_in_threadpool(_answer, site, view, need, _Asked(request, form, sent))

    return endpoint


async def _read(request: Request, most: int) -> tuple[dict[str, str], tuple[Upload, ...]]:
    form: dict[str, str] = {}
    files: list[Upload] = []
    async with request.form(max_files=most, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                called = tidy((value.filename or "").replace("\\", "/").rpartition("/")[2])
                files += [Upload(name=called, content=await value.read())] if called else []
            else:
                form[name] = tidy_lines(value) if name in LONG else tidy(value)
    return form, tuple(files)


def tidy(text: str) -> str:
    """One line of plain text: no control signs, nothing invisible, no blanks around it."""
    joined = " ".join(text.split())
    return "".join(sign for sign in joined if sign.isprintable())


def tidy_lines(text: str) -> str:
    """A text of several lines, each of them tidy; no empty ones around it."""
    return "\n".join(tidy(line) for line in text.splitlines()).strip("\n")


def _turned_away(site: Site, need: Rights, request: Request) -> Response | None:
    """What is answered to whoever may not send anything here at all; their form was not looked at."""
    visit = _visit(site, _Asked(request, {}, ()))
    stopped = _stopped(visit, need, form=False)
    return _stop(visit, *stopped) if stopped else None


def _stop(visit: Visit, status: int, key: str) -> Response:
    return visit.show("stopped.html", status, title=f"page.{key}.title", text=f"page.{key}.text")


def _answer(site: Site, view: View, need: Rights, asked: _Asked) -> Response:
    visit = _visit(site, asked)
    stopped = _stopped(visit, need)
    if stopped:
        return _stop(visit, *stopped)
    try:
        return view(visit)
    except HTTPException:
        raise
    except Gongkai as refused:
        status = 404 if isinstance(refused, NoSuchPage) else 422
        return visit.show("refused.html", status, problem=visit.labels.book.error(refused))
    except Exception:  # noqa: BLE001 - a channel's top: the fault is logged with its trace, and the page goes on
        target = log_fault(site.works.home.path, page=view.__name__)
        return visit.show("refused.html", 500, problem=visit.say("fault", log=target.name))


def _stopped(visit: Visit, need: Rights, *, form: bool = True) -> tuple[int, str] | None:
    """Why the view is not asked at all: status and phrase. Without its ``form`` no token can be looked at yet."""
    posted = visit.request.method == "POST"
    if posted and not same_origin(visit.request.headers):
        return 403, "foreign"
    if need is Rights.ANYONE:
        return None
    if visit.session is None or visit.person is None:
        return 401, "stranger"
    ours = visit.site.seals.is_form_token(visit.session.id, visit.form.get("token", ""))
    return (403, "foreign") if form and posted and not ours else _withheld(visit, need)


def _withheld(visit: Visit, need: Rights) -> tuple[int, str] | None:
    """The same for whoever is signed in."""
    if visit.waits and visit.request.url.path != "/leave":
        return 403, "unconfirmed"
    if visit.rights < need:
        return 403, "nothing_yet" if visit.rights < Rights.READ else "read_only"
    return None


class _Asked(NamedTuple):
    """What came over the wire."""

    request: Request
    form: Mapping[str, str]
    files: tuple[Upload, ...]


def _visit(site: Site, asked: _Asked) -> Visit:
    works = site.works
    at = works.clock.now()
    session, waits = _session(site, asked.request, at)
    found = (row for row in works.office.people if session and row.id == session.person)
    person = next(found, None)  # who left the office's file is nobody here, whatever their browser holds
    book = book_of(works.office, person.language) if person else words()
    return Visit(
        site=site,
        request=asked.request,
        form=asked.form,
        at=at,
        session=session,
        person=person,
        rights=Rights.JOINED if waits else rights_of(works.office, person),
        labels=Labels(book=book, office=works.office),
        files=asked.files,
        waits=waits,
    )


def _session(site: Site, request: Request, at: datetime) -> tuple[SignedIn | None, bool]:
    """Who is signed in at this browser, and whether a second person has still to confirm them."""
    secret = site.seals.session_secret(request.cookies.get(COOKIE, ""))
    if secret is None:
        return None, False
    office = site.works.office.slug
    with site.works.store.reading() as connection:
        found = People(connection, office).session(secret, at=at)
        account = Accounts(connection, office).at(PAGE, found.person) if found else None
    return found, bool(account and account.state is State.UNCONFIRMED)


def rights_of(office: Office, person: Person | None) -> Rights:
    """What a person may do here, by the office's file."""
    if person is None:
        return Rights.ANYONE
    if office.roles_of(person.id) & RECORDERS:
        return Rights.RECORD
    return Rights.READ if reads_all(office, person.id) else Rights.JOINED


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
