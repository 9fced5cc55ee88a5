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

from bot.channels.pages import (
    activities,
    casefile,
    chat,
    counting,
    dates,
    delivery,
    door,
    drafting,
    entering,
    evidence,
    lists,
    mending,
    mine,
    papers,
    people,
    progress,
    texts,
    training,
    years,
)
from bot.channels.pages.guard import Guard
from bot.channels.pages.sessions import Seals
from bot.channels.pages.visit import Rights, Site, Training, View, page
from bot.compose import Works
from config.errors import Refusal

READ, RECORD, ANYONE, JOINED = Rights.READ, Rights.RECORD, Rights.ANYONE, Rights.JOINED
PAGES: tuple[tuple[str, str, View, Rights], ...] = (
    ("GET", "/", mine.my_list, JOINED),
    ("GET", "/open", lists.open_cases, READ),
    ("GET", "/chat", chat.talk, JOINED),
    ("POST", "/chat", chat.speak, JOINED),
    ("GET", "/cases", lists.found_cases, READ),
    ("GET", "/cases/{number:int}", casefile.one_case, JOINED),
    ("POST", "/cases/{number:int}", casefile.act, RECORD),
    ("POST", "/cases/{number:int}/personal", casefile.keep_personal, RECORD),
    ("GET", "/new", entering.kinds, RECORD),
    ("GET", "/new/{kind}", entering.blank, RECORD),
    ("POST", "/new/{kind}", entering.enter, RECORD),
    ("GET", "/registers", counting.registers, READ),
    ("POST", "/registers", counting.count, RECORD),
    ("GET", "/activities", activities.activities, READ),
    ("POST", "/activities", activities.hold, RECORD),
    ("GET", "/entries/{position:int}", mending.one_entry, READ),
    ("POST", "/entries/{position:int}", mending.mend, RECORD),
    ("GET", "/years/{year:int}", years.one_year, READ),
    ("GET", "/years/{year:int}/cells/{cell}", years.one_cell, READ),
    ("GET", "/years/{year:int}/report.{suffix}", years.paper, READ),
    ("GET", "/texts", texts.all_texts, JOINED),
    ("GET", "/texts/new", drafting.blank_new, JOINED),
    ("GET", "/texts/{number:int}", texts.one_text, JOINED),
    ("POST", "/texts/{number:int}", texts.decide, JOINED),
    ("POST", "/texts/{number:int}/live", texts.look_live, RECORD),
    ("GET", "/texts/{number:int}/draft", drafting.blank_draft, JOINED),
    ("GET", "/texts/{number:int}/files/{digest}", papers.attached, JOINED),
    ("GET", "/texts/{number:int}/sheet.docx", papers.sheet, JOINED),
    ("GET", "/texts/{number:int}/proof.json", papers.proof, JOINED),
    ("GET", "/months", progress.this_month, JOINED),
    ("GET", "/months/{month}", progress.one_month, JOINED),
    ("GET", "/months/{month}/bulletin.png", progress.picture, READ),
    ("GET", "/months/{month}/bulletin.docx", progress.paper, READ),
    ("GET", "/dates", dates.one_month, JOINED),
    ("GET", "/dates/mine.ics", dates.mine, JOINED),
    ("GET", "/people", people.everyone, JOINED),
    ("POST", "/people", people.act, JOINED),
    ("GET", "/delivery", delivery.delivery, RECORD),
    ("POST", "/delivery", delivery.try_again, RECORD),
    ("GET", "/posts", training.posts, ANYONE),
    ("POST", "/posts", training.act_as, ANYONE),
    ("POST", "/clock", training.move_clock, JOINED),
    ("GET", "/join/{token}", door.invitation, ANYONE),
    ("POST", "/join/{token}", door.join, ANYONE),
    ("POST", "/leave", door.leave, JOINED),
    ("GET", "/{rest:path}", door.nowhere, JOINED),
)
UPLOADS: tuple[tuple[str, View, Rights], ...] = (
    ("/texts/new", drafting.write_new, JOINED),
    ("/texts/{number:int}/draft", drafting.write_draft, JOINED),
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
