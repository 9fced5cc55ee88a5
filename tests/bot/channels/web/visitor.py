"""Someone at the page: a browser without script, and what the log gained by each of their acts."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client would rather have another HTTP library than ours
    from starlette.testclient import TestClient

from lxml import html
from starlette.responses import Response

from bot.channels.web.request.public_address import COOKIE, PublicAddress
from bot.channels.web.request.security import TokenSigner
from bot.channels.web.server import create_web_app
from bot.channels.web_chat import WEB_CHANNEL
from bot.services.app import OfficeApp
from storage.events.events import LogEntry
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import SessionStore

Files = Sequence[tuple[str, bytes]]
ADDRESS = "http://127.0.0.1:8686"


@dataclass
class Form:
    """A form as the page shows it: where it goes, and what stands in it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


def forms_of(page: str) -> dict[str, Form]:
    """A page's forms as a browser would send them, by what they do."""
    forms = [_form(found) for found in html.document_fromstring(page).iter("form")]
    return {form.fields.get("act") or form.action: form for form in forms}


def _form(found: html.FormElement) -> Form:
    form = Form(action=found.get("action", ""))
    for one in found.iter("input", "textarea", "select"):
        name = one.get("name")
        if one.tag == "select":
            options = list(one.iter("option"))
            chosen = [option.get("value", "") for option in options if "selected" in option.attrib]
            form.choices[name] = [option.get("value", "") for option in options]
            form.fields[name] = chosen[-1] if chosen else ""
        elif one.tag == "textarea":
            form.fields[name] = (one.text or "").removeprefix("\n")
        elif one.get("type") != "file":
            is_sent = one.get("type") != "checkbox" or "checked" in one.attrib
            form.fields[name] = one.get("value", "") if is_sent else ""
    return form


def link_token(app: OfficeApp, person: str, lasts: timedelta = timedelta(hours=1)) -> str:
    """A join link's token."""
    with app.store.writing(app.office.slug) as connection:
        return SessionStore(connection, app.office.slug).invite(person, at=app.clock.now(), lasts=lasts)


def session_cookie(app: OfficeApp, person: str) -> str:
    """What a browser keeps of somebody who is in already, confirmed by whoever had to."""
    office, now, token = app.office.slug, app.clock.now(), link_token(app, person)
    with app.store.writing(office) as connection:
        secret = SessionStore(connection, office).open_session(token, at=now, confirmed_by="terminal")
        Accounts(connection, office).bind(person, WEB_CHANNEL, person, at=now, confirmed_by="terminal")
    answer = Response()
    TokenSigner(app.home.secret()).set_session_cookie(answer, secret, PublicAddress())
    return answer.headers["set-cookie"].split("=", 1)[1].split(";")[0]


class Visitor:
    """A browser at the page."""

    def __init__(self, app: OfficeApp) -> None:
        self.app = app
        self.client = TestClient(create_web_app(app), base_url=ADDRESS, follow_redirects=False)
        self.shown = None

    def invite(self, person: str, lasts: timedelta = timedelta(hours=1)) -> str:
        return link_token(self.app, person, lasts)

    def join(self, person: str, *, confirmed: bool = True) -> "Visitor":
        """Be somebody who is in already, or come in by a link as whoever ``confirmed`` nobody yet."""
        if not confirmed:
            assert self.client.post(f"/join/{self.invite(person)}").status_code == 303
            return self
        self.client.cookies.set(COOKIE, session_cookie(self.app, person))
        return self

    def go(self, path: str, status: int = 200) -> str:
        self.shown = self.client.get(path)
        assert self.shown.status_code == status, self.shown.text
        return self.shown.text

    def forms(self) -> dict[str, Form]:
        return forms_of(self.shown.text)

    def send(self, act: str, /, press: str = "", files: Files = (), **typed: str) -> list[LogEntry]:
        """Fill in a form of the page that is shown, send it, follow on. Returns what the log gained.

        ``press`` names the button, where the form has several; ``files`` go with it.
        """
        form = self.forms()[act]
        wanted = {name.replace("__", "."): value for name, value in typed.items()}
        assert wanted.keys() <= form.fields.keys(), form.fields.keys()
        wanted |= {"act": press} if press else {}
        before = self.end()
        data = {name: value for name, value in (form.fields | wanted).items() if value}
        sent = [("files", (name, content, "application/octet-stream")) for name, content in files]
        self.shown = self.client.post(form.action, data=data, files=sent or None)
        if self.shown.status_code == 303:
            self.shown = self.client.get(self.shown.headers["location"])
        with self.app.log() as log:
            return list(log.read(after=before))

    def end(self) -> int:
        with self.app.log() as log:
            return log.end().position

    @property
    def status(self) -> int:
        return self.shown.status_code

    @property
    def text(self) -> str:
        """What is read on the page, without its tags."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.shown.text))
