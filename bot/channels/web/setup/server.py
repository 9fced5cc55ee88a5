"""Serves a set-up until the office begins; everything but its own pages leads to it."""

from __future__ import annotations

import signal
import socket
from importlib.resources import files
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from bot.channels.web.request.security import PageLimits, RequestMeter, SecurityMiddleware
from bot.channels.web.server import ShippedFiles
from bot.channels.web.setup.finish import begin, finish_page, found
from bot.channels.web.setup.site import SetupSite, claim_page, setup_endpoint
from bot.channels.web.setup.steps import first_step, save_step, step_page, template_file


def create_setup_app(site: SetupSite) -> Starlette:
    """Create the web application of a set-up."""

    def route(method: str, path: str, view: Any) -> Route:
        return Route(path, setup_endpoint(site, view), methods=[method])

    routes = [
        Mount("/static", ShippedFiles(directory=str(files("bot") / "static"))),
        Route("/setup/begin-{token}", claim_page(site), methods=["GET"]),
        route("GET", "/setup", first_step),
        route("GET", "/setup/roster.xlsx", template_file),
        route("GET", "/setup/finish", finish_page),
        route("POST", "/setup/finish", found),
        route("POST", "/setup/begin", begin),
        route("GET", "/setup/{step}", step_page),
        route("POST", "/setup/{step}", save_step),
        Route("/{rest:path}", _elsewhere, methods=["GET"]),
    ]
    meter = RequestMeter(PageLimits())
    guard = Middleware(SecurityMiddleware, address=site.address, meter=meter, uploads=["/setup/people"])
    return Starlette(routes=routes, middleware=[guard])


def _elsewhere(_request: Request) -> Response:
    return RedirectResponse("/setup", 303)


def serve_setup(site: SetupSite, listener: socket.socket) -> bool:
    """Serve the set-up until the office begins or the program is stopped. Returns whether the office begins."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    settings = uvicorn.Config(
        create_setup_app(site),
        lifespan="off",
        log_level="warning",
        access_log=False,  # an address holds the one-time token
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(settings)
    begins = False

    def finished() -> None:
        nonlocal begins
        begins = server.should_exit = True

    site.on_finished = finished
    server.run(sockets=[listener])
    return begins
