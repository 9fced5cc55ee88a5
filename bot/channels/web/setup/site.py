"""The site of a set-up: who may see it, what a request to it holds, and how a page of it is drawn.

There is no office yet, so there are no people and no sessions: whoever opens the one-time address printed on the
terminal first gets a cookie, and the address is of no use to anybody else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.request.public_address import PublicAddress
from bot.channels.web.request.request import LINES_PREFIX, UploadedFile, clean_line, page_templates
from bot.language.phrasebook import Phrasebook
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.error_log import log_fault
from bot.services.office.founding import InviteCard
from bot.services.office.setup_draft import STEPS, SetupDraft, without_line
from config.clock import Clock
from config.declarations.keys import LEADER, VILLAGE_LEADER
from config.errors import GongkaiError
from config.office.folder import OfficeFolder

SETUP_COOKIE = "gongkai_setup"
MAX_FIELDS = 4000
"""A roster of 500 people and some fields beside it."""
MAX_ROSTER_BYTES = 4 * 1024 * 1024
MULTILINE = ("departments", "villages", "columns")


STEP_OF_TABLE: Mapping[str, str] = {
    "[office]": "office",
    "[[person]]": "people",
    "[months]": "months",
    "[report]": "dates",
    "[[date]]": "dates",
    "[site]": "website",
    "[[column]]": "website",
    "[contacts]": "website",
}
"""At which step a table of the document is filled in; the others at that of who signs what."""


@dataclass(slots=True, kw_only=True)
class SetupSite:
    """One set-up: its folder, its one-time address, and what became of it."""

    home: OfficeFolder
    clock: Clock
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    address: PublicAddress = field(default_factory=PublicAddress)
    on_finished: Callable[[], object] = lambda: None
    """Called when the office is to begin."""
    owner: str = ""
    """The cookie of the browser that opened the one-time address; empty before."""
    app: OfficeApp | None = None
    """The office, once it is founded."""
    cards: tuple[InviteCard, ...] = ()
    cards_until: datetime | None = None
    """Until when the cards let people in; None before the office is founded."""
    codes: tuple[str, ...] = ()
    """The recovery codes of whoever founded it."""

    @property
    def book(self) -> Phrasebook:
        """The phrases in the language of the machine."""
        return user_phrasebook()

    def claim(self, token: str) -> str:
        """Take the set-up by its one-time address. Returns the browser's secret; empty where it was taken already."""
        if self.owner or not secrets.compare_digest(token.encode(), self.token.encode()):
            return ""
        self.owner = secrets.token_urlsafe(32)
        return self.owner

    def is_owner(self, cookie: str) -> bool:
        """Whether a browser is the one that opened the one-time address."""
        return bool(self.owner) and secrets.compare_digest(cookie.encode(), self.owner.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRequest:
    """One request as a step sees it."""

    site: SetupSite
    request: Request
    draft: SetupDraft
    form: Mapping[str, str] = field(default_factory=dict)
    files: tuple[UploadedFile, ...] = ()

    def say(self, key: str, **words: object) -> str:
        """A phrase in the language of the machine."""
        return self.site.book.say(key, **words)

    def render(self, template: str, status: int = 200, **parts: Any) -> Response:
        """Draw a page of the set-up, with its steps and what each lacks."""
        steps = [(step, [self.missing_words(*one) for one in self.draft.missing(step)]) for step in STEPS]
        wrong = self.findings()
        states = {step: self._state(step, [*missing, *wrong.get(step, ())]) for step, missing in steps}
        html = (
            page_templates()
            .get_template(template)
            .render(say=self.say, draft=self.draft, steps=steps, states=states, wrong=wrong, **parts)
        )
        return HTMLResponse(html, status)

    def _state(self, step: str, lacking: Sequence[str]) -> str:
        """How a step stands: ``unseen``, ``missing`` or ``done``; the last one is done when nothing is missing."""
        if step == STEPS[-1]:
            return "done" if self.draft.is_ready else "unseen"
        return "unseen" if step not in self.draft.seen else "missing" if lacking else "done"

    def findings(self) -> dict[str, list[str]]:
        """What does not hold together, as sentences, by the step at which it is mended."""
        told: dict[str, list[str]] = {}
        for one in self.draft.open_findings():
            step = STEP_OF_TABLE.get(one.words.get("table", ""), "signers")
            told.setdefault(step, []).append(without_line(self.site.book.finding(one)))
        return told

    def missing_words(self, key: str, words: Mapping[str, str]) -> str:
        """What is missing, in words; a holder that nobody is yet is called by its role or place."""
        named = {**words, "who": self.holder_label(words["key"])} if "key" in words else words
        if "line" in words:
            key_of_place = "setup.roster.sheet_line" if words["sheet"] else "setup.roster.line"
            said = self.say(key_of_place, line=words["line"], sheet=words["sheet"])
            named = {"place": said, "found": words["found"]}
        return self.say(
            f"setup.missing.{key}", **{name: word for name, word in named.items() if name != "key"}
        )

    def leads(self, key: str) -> str:
        """What comes to whoever holds a role or place."""
        role, _, place = key.partition(":")
        said = VILLAGE_LEADER if place and role == LEADER else role
        return self.say(
            f"setup.leads.{said}", stages=self.say("page.comma").join(self.draft.stages_of(key)) or "—"
        )

    def clash_words(self, key: str) -> str:
        """Why whoever holds this may not, and who is free; empty where nothing stands against it."""
        for one in self.draft.clashes():
            if one.key == key:
                posts = self.say("page.comma").join(self.draft.free_posts())
                free = self.say("setup.leads.free" if posts else "setup.leads.nobody_free", posts=posts)
                words = {"post": one.post, "first": one.first, "second": one.second}
                return self.say("setup.leads.clash", free=free, **words)
        return ""

    def holder_label(self, key: str) -> str:
        """What a holder is called: the role, or the role at its department or village."""
        role, _, place = key.partition(":")
        return self.say(f"setup.holder.{role}", place=place) if place else self.say(f"office.role.{role}")


SetupView = Callable[[SetupRequest], Response]


def setup_endpoint(site: SetupSite, view: SetupView) -> Callable[[Request], Any]:
    """Make the endpoint of a step; it answers only the browser that opened the one-time address."""

    async def endpoint(request: Request) -> Response:
        if not site.is_owner(request.cookies.get(SETUP_COOKIE, "")):
            return _stopped(site, 403, "setup.stranger")
        if request.method == "POST" and not site.address.same_origin(request.headers):
            return _stopped(site, 403, "setup.stranger")
        form, files = await _read_form(request) if request.method == "POST" else ({}, ())
        return await run_in_threadpool(_answer, site, view, request, form, files)

    return endpoint


def _answer(
    site: SetupSite,
    view: SetupView,
    request: Request,
    form: Mapping[str, str],
    files: tuple[UploadedFile, ...],
) -> Response:
    try:
        draft = SetupDraft.load(site.home.path)
        return view(SetupRequest(site=site, request=request, draft=draft, form=form, files=files))
    except GongkaiError as refused:
        return _stopped(site, 422, "", site.book.error(refused))
    except Exception:  # noqa: BLE001 - a channel's top: the fault is logged with its trace, and the page goes on
        target = log_fault(site.home.path, page=view.__name__)
        return _stopped(site, 500, "", site.book.say("fault", log=target.name))


async def _read_form(request: Request) -> tuple[dict[str, str], tuple[UploadedFile, ...]]:
    form: dict[str, str] = {}
    files: list[UploadedFile] = []
    async with request.form(max_files=1, max_fields=MAX_FIELDS) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                files += (
                    [UploadedFile(name=clean_line(value.filename or ""), content=content)] if content else []
                )
            else:
                has_lines = name in MULTILINE or name.startswith(LINES_PREFIX)
                form[name] = value if has_lines else clean_line(value)
    return form, tuple(files)


def claim_page(site: SetupSite) -> Callable[[Request], Response]:
    """Make the endpoint of the one-time address: the first browser that opens it gets the cookie."""

    def endpoint(request: Request) -> Response:
        if site.is_owner(request.cookies.get(SETUP_COOKIE, "")):
            return RedirectResponse("/setup", 303)
        secret = site.claim(request.path_params["token"])
        if not secret:
            return _stopped(site, 403, "setup.used")
        answer = RedirectResponse("/setup", 303)
        answer.set_cookie(SETUP_COOKIE, secret, httponly=True, samesite="lax", secure=site.address.is_secure)
        return answer

    return endpoint


def _stopped(site: SetupSite, status: int, key: str, text: str = "") -> Response:
    html = (
        page_templates()
        .get_template("setup_stopped.html")
        .render(say=site.book.say, text=text or site.book.say(key))
    )
    return HTMLResponse(html, status)
