"""The local page: a channel that is complete on its own, for whoever can reach no chat.

It runs without script; what script there is (a vendored htmx) only spares a reload.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from importlib.resources import files

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web.account import chat, login, people, training
from bot.channels.web.cases import (
    activities,
    case,
    case_lists,
    corrections,
    evidence,
    my_tasks,
    new_case,
    registers,
)
from bot.channels.web.reports import annual_report, calendar, delivery_status, village_months
from bot.channels.web.request.request import Rights, Site, Training, View, page
from bot.channels.web.request.security import Guard
from bot.channels.web.request.sessions import Seals
from bot.channels.web.texts import downloads, draft, text
from bot.services.app import Works
from config.errors import Refusal

READ, RECORD, ANYONE, JOINED = Rights.READ, Rights.RECORD, Rights.ANYONE, Rights.JOINED
PAGES: tuple[tuple[str, str, View, Rights], ...] = (
    ("GET", "/", my_tasks.my_list, JOINED),
    ("GET", "/open", case_lists.open_cases, READ),
    ("GET", "/chat", chat.talk, JOINED),
    ("POST", "/chat", chat.speak, JOINED),
    ("GET", "/cases", case_lists.found_cases, READ),
    ("GET", "/cases/{number:int}", case.one_case, JOINED),
    ("POST", "/cases/{number:int}", case.act, RECORD),
    ("POST", "/cases/{number:int}/personal", case.keep_personal, RECORD),
    ("GET", "/new", new_case.kinds, RECORD),
    ("GET", "/new/{kind}", new_case.blank, RECORD),
    ("POST", "/new/{kind}", new_case.enter, RECORD),
    ("GET", "/registers", registers.registers, READ),
    ("POST", "/registers", registers.count, RECORD),
    ("GET", "/activities", activities.activities, READ),
    ("POST", "/activities", activities.hold, RECORD),
    ("GET", "/entries/{position:int}", corrections.one_entry, READ),
    ("POST", "/entries/{position:int}", corrections.mend, RECORD),
    ("GET", "/years/{year:int}", annual_report.one_year, READ),
    ("GET", "/years/{year:int}/cells/{cell}", annual_report.one_cell, READ),
    ("GET", "/years/{year:int}/report.{suffix}", annual_report.paper, READ),
    ("GET", "/texts", text.all_texts, JOINED),
    ("GET", "/texts/new", draft.blank_new, JOINED),
    ("GET", "/texts/{number:int}", text.one_text, JOINED),
    ("POST", "/texts/{number:int}", text.decide, JOINED),
    ("POST", "/texts/{number:int}/live", text.look_live, RECORD),
    ("GET", "/texts/{number:int}/draft", draft.blank_draft, JOINED),
    ("GET", "/texts/{number:int}/files/{digest}", downloads.attached, JOINED),
    ("GET", "/texts/{number:int}/sheet.docx", downloads.sheet, JOINED),
    ("GET", "/texts/{number:int}/proof.json", downloads.proof, JOINED),
    ("GET", "/months", village_months.this_month, JOINED),
    ("GET", "/months/{month}", village_months.one_month, JOINED),
    ("GET", "/months/{month}/bulletin.png", village_months.picture, READ),
    ("GET", "/months/{month}/bulletin.docx", village_months.paper, READ),
    ("GET", "/dates", calendar.one_month, JOINED),
    ("GET", "/dates/mine.ics", calendar.mine, JOINED),
    ("GET", "/people", people.everyone, JOINED),
    ("POST", "/people", people.act, JOINED),
    ("GET", "/delivery", delivery_status.delivery, RECORD),
    ("POST", "/delivery", delivery_status.try_again, RECORD),
    ("GET", "/posts", training.posts, ANYONE),
    ("POST", "/posts", training.act_as, ANYONE),
    ("POST", "/clock", training.move_clock, JOINED),
    ("GET", "/join/{token}", login.invitation, ANYONE),
    ("POST", "/join/{token}", login.join, ANYONE),
    ("POST", "/leave", login.leave, JOINED),
    ("GET", "/{rest:path}", login.nowhere, JOINED),
)
UPLOADS: tuple[tuple[str, View, Rights], ...] = (
    ("/texts/new", draft.write_new, JOINED),
    ("/texts/{number:int}/draft", draft.write_draft, JOINED),
    ("/cases/{number:int}/evidence", evidence.file_evidence, JOINED),
)
"""Where files may come with a form; ``guard.UPLOADS`` lets more through for these."""


WAITING = 100  # visitors


PORT_REASONS = {
    "port_taken": (
        "another program, or this one already, is using it",
        "Stop that, or choose another with --port.",
    ),
    "port_forbidden": (
        "the system does not let this account use that port",
        "Choose one above 1023 with --port.",
    ),
    "no_address": ("this machine has no such address", "Choose one it has with --host, or leave --host out."),
}
PORTS = {errno.EADDRINUSE: "port_taken", errno.EACCES: "port_forbidden"}


class PortTaken(Refusal):
    """{host}:{port} cannot be used: {why}. {next_step}"""


Links = Callable[[str], str]
"""By which link a token lets somebody in on another channel; empty where it does on none."""


def page_app(
    works: Works,
    *,
    host: str = "localhost",
    training: Training | None = None,
    elsewhere: Links = lambda _token: "",
) -> Starlette:
    """The site of one office; or of a town to practise in."""
    seals = Seals(works.home.secret())
    site = Site(works=works, seals=seals, training=training, elsewhere=elsewhere)
    return Starlette(routes=list(_routes(site)), middleware=[Middleware(Guard, name=host)])


def _routes(site: Site) -> Iterator[BaseRoute]:
    yield Mount("/static", StaticFiles(directory=str(files("bot") / "static")))
    for path, view, need in UPLOADS:
        yield Route(path, page(site, view, need, files=True), methods=["POST"])
    for method, path, view, need in PAGES:
        yield Route(path, page(site, view, need), methods=[method])


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on. PortTaken where it is someone else's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(WAITING)  # whoever comes while the first sweep still runs waits, and is not turned away
    except OSError as error:
        taken.close()
        reason = PORTS.get(error.errno or 0, "no_address")
        raise PortTaken.because(reason, PORT_REASONS[reason], host=host, port=port) from error
    return taken


def serve(
    works: Works,
    ear: socket.socket,
    host: str,
    training: Training | None = None,
    elsewhere: Links = lambda _token: "",
) -> None:
    """Serve until told to stop; what is being answered is answered first."""
    # The server raises the signal again when it has stopped; by then there is nothing left to interrupt.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    settings = uvicorn.Config(
        page_app(works, host=host, training=training, elsewhere=elsewhere),
        lifespan="off",
        log_level="warning",
        access_log=False,  # an address can hold a join link
        proxy_headers=False,  # nobody stands before us whose word could be taken
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(settings).run(sockets=[ear])
