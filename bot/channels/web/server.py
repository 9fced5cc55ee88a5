"""Declares the routes of the local web page and serves it; the page is complete without any chat program.

It works without script; the vendored htmx only saves reloads.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web.account import (
    chat,
    display,
    invite_sheet,
    login,
    own_sessions,
    people,
    training,
)
from bot.channels.web.case_steps import act_preview, answer, letters
from bot.channels.web.cases import (
    activities,
    case,
    corrections,
    evidence,
    new_case,
    registers,
)
from bot.channels.web.items import board, hand_in, item
from bot.channels.web.lists import list_acts, list_file, list_page
from bot.channels.web.records import holiday_notice, register_import, reminder_audit, seal, yearly_lists
from bot.channels.web.reports import (
    annual_report,
    calendar,
    catalogue,
    delivery_status,
    report_checks,
    village_months,
)
from bot.channels.web.request.endpoint import MAX_FILES, PageEndpoint, PageView
from bot.channels.web.request.public_address import parse_public_address
from bot.channels.web.request.request import PlatformSwitch, TrainingMode, WebApp
from bot.channels.web.request.security import (
    PageLimits,
    RequestMeter,
    SecurityMiddleware,
    TimedProtocol,
    TokenSigner,
)
from bot.channels.web.settings import backups, channels, letter_templates, own_texts
from bot.channels.web.settings import pages as settings
from bot.channels.web.texts import downloads, draft, text, versions
from bot.channels.web.workbench import guessed_address, installed_app, workbench
from bot.services.app import OfficeApp
from config.errors import Refusal
from config.office.roles import AccessLevel

READ, RECORD, ANYONE, JOINED = AccessLevel.READ, AccessLevel.RECORD, AccessLevel.ANYONE, AccessLevel.JOINED
ROUTES: tuple[tuple[str, str, PageView, AccessLevel], ...] = (
    ("GET", "/", workbench.first_page, JOINED),
    ("GET", "/open", list_page.agenda_page, READ),
    ("GET", "/chat", chat.chat_page, JOINED),
    ("POST", "/chat", chat.send_chat_message, JOINED),
    ("GET", "/cases", list_page.cases_page, READ),
    ("GET", "/requests", list_page.requests_page, READ),
    ("GET", "/deliveries", list_page.deliveries_page, RECORD),
    ("POST", "/lists/{listing}", list_acts.submit_list_form, JOINED),
    ("GET", "/lists/{listing}.{suffix}", list_file.list_file, JOINED),
    ("GET", "/cases/{number:int}", case.case_page, JOINED),
    ("POST", "/cases/{number:int}", case.submit_case_form, RECORD),
    ("POST", "/cases/{number:int}/personal", case.submit_applicant, RECORD),
    ("GET", "/cases/{number:int}/evidence/{digest}", evidence.evidence_file, JOINED),
    ("GET", "/cases/{number:int}/evidence/{digest}/text", evidence.evidence_text, JOINED),
    ("GET", "/cases/{number:int}/evidence/{digest}/picture", evidence.evidence_picture, JOINED),
    ("GET", "/cases/{number:int}/evidence/{digest}/pages/{page:int}", evidence.evidence_page, JOINED),
    ("GET", "/cases/{number:int}/moves", act_preview.act_preview, RECORD),
    ("GET", "/cases/{number:int}/letters", letters.letters_page, JOINED),
    ("GET", "/cases/{number:int}/letters/{paper}", letters.letter_page, JOINED),
    ("POST", "/cases/{number:int}/letters/{paper}", letters.write_letter, JOINED),
    ("GET", "/cases/{number:int}/letters/{paper}/file.docx", letters.letter_file, JOINED),
    ("GET", "/cases/{number:int}/answer", answer.answer_page, JOINED),
    ("POST", "/cases/{number:int}/answer", answer.submit_answer, JOINED),
    ("GET", "/new", new_case.kinds_page, RECORD),
    ("GET", "/new/{kind}", new_case.new_case_page, RECORD),
    ("GET", "/new/{kind}/moves", new_case.opening_moves, RECORD),
    ("POST", "/new/{kind}", new_case.create_case, RECORD),
    ("GET", "/registers", registers.registers_page, READ),
    ("POST", "/registers", registers.submit_count, RECORD),
    ("GET", "/activities", activities.activities_page, READ),
    ("POST", "/activities", activities.submit_activity, RECORD),
    ("GET", "/entries/{position:int}", corrections.entry_page, READ),
    ("POST", "/entries/{position:int}", corrections.submit_correction, RECORD),
    ("GET", "/years/{year:int}", annual_report.year_page, READ),
    ("GET", "/years/{year:int}/cells/{cell}", annual_report.cell_page, READ),
    ("GET", "/years/{year:int}/report.{suffix}", annual_report.report_file, READ),
    ("GET", "/years/{year:int}/seal", seal.seal_page, RECORD),
    ("GET", "/years/{year:int}/lists", yearly_lists.lists_page, READ),
    ("GET", "/years/{year:int}/lists/{name}.xlsx", yearly_lists.list_workbook, READ),
    ("GET", "/catalogue/years/{year:int}", catalogue.catalogue_page, READ),
    ("GET", "/catalogue/years/{year:int}/picture.png", catalogue.coverage_picture, READ),
    ("GET", "/catalogue", catalogue.catalogue_page, READ),
    ("GET", "/catalogue/template.xlsx", catalogue.template_file, READ),
    ("GET", "/catalogue/{token}", catalogue.held_catalogue_page, RECORD),
    ("POST", "/catalogue/{token}", catalogue.held_catalogue_page, RECORD),
    ("GET", "/calendar", holiday_notice.notice_page, READ),
    ("POST", "/calendar", holiday_notice.submit_notice, RECORD),
    ("GET", "/import", register_import.import_page, RECORD),
    ("GET", "/import/{token}", register_import.tried_page, RECORD),
    ("POST", "/import/{token}", register_import.submit_import, RECORD),
    ("GET", "/audit", reminder_audit.audit_page, RECORD),
    ("GET", "/checks", report_checks.checks_page, READ),
    ("GET", "/checks/{token}", report_checks.check_page, READ),
    ("GET", "/checks/{token}/findings.xlsx", report_checks.findings_file, READ),
    ("GET", "/checks/{token}/papers.zip", report_checks.all_papers_file, READ),
    ("GET", "/checks/{token}/papers/{position:int}", report_checks.paper_file, READ),
    ("GET", "/texts", list_page.texts_page, JOINED),
    ("GET", "/texts/new", draft.new_draft_page, JOINED),
    ("GET", "/texts/{number:int}", text.text_page, JOINED),
    ("POST", "/texts/{number:int}", text.submit_decision, JOINED),
    ("POST", "/texts/{number:int}/live", text.check_publication_page, RECORD),
    ("GET", "/texts/{number:int}/draft", draft.draft_version_page, JOINED),
    ("GET", "/texts/{number:int}/files/{digest}", downloads.attachment_file, JOINED),
    ("GET", "/texts/{number:int}/files/{digest}/text", versions.attachment_text_page, JOINED),
    ("GET", "/texts/{number:int}/files/{digest}/pages/{page:int}", versions.attachment_page_picture, JOINED),
    ("GET", "/texts/{number:int}/versions", versions.versions_page, JOINED),
    ("GET", "/texts/{number:int}/pictures/{digest}", downloads.attachment_picture, JOINED),
    ("GET", "/texts/{number:int}/sheet.docx", downloads.sheet_file, JOINED),
    ("GET", "/texts/{number:int}/proof.json", downloads.proof_file, JOINED),
    ("GET", "/months", village_months.current_month_page, JOINED),
    ("GET", "/months/{month}", village_months.month_page, JOINED),
    ("POST", "/months/{month}", board.decide_on_items, RECORD),
    ("GET", "/items", list_page.items_page, JOINED),
    ("GET", "/items/new", hand_in.new_item_page, JOINED),
    ("GET", "/items/{number:int}", item.item_page, JOINED),
    ("GET", "/items/{number:int}/again", hand_in.again_page, JOINED),
    ("GET", "/items/{number:int}/draft", draft.item_draft_page, RECORD),
    ("GET", "/items/{number:int}/files/{digest}", item.item_file, JOINED),
    ("GET", "/items/{number:int}/files/{digest}/text", item.item_file_text, JOINED),
    ("GET", "/items/{number:int}/files/{digest}/pages/{page:int}", item.item_file_page, JOINED),
    ("GET", "/months/{month}/bulletin.png", village_months.bulletin_image, READ),
    ("GET", "/months/{month}/bulletin.docx", village_months.bulletin_file, READ),
    ("GET", "/dates", calendar.dates_page, JOINED),
    ("GET", "/dates/mine.ics", calendar.personal_calendar_file, JOINED),
    ("GET", "/people", people.people_page, JOINED),
    ("GET", "/people/list", list_page.people_list_page, JOINED),
    ("POST", "/people", people.submit_people_form, JOINED),
    ("POST", "/people/invitations", invite_sheet.invite_all, RECORD),
    ("GET", "/settings", settings.settings_page, READ),
    ("GET", "/settings/channels", channels.channels_page, RECORD),
    ("POST", "/settings/channels", channels.submit_channel, RECORD),
    ("GET", "/settings/letters", letter_templates.templates_page, READ),
    ("GET", "/settings/letters/{paper}", letter_templates.template_page, READ),
    ("GET", "/settings/letters/{paper}/template.docx", letter_templates.template_file, READ),
    ("GET", "/settings/backups", backups.backups_page, RECORD),
    ("POST", "/settings/backups", backups.submit_backups_form, RECORD),
    ("GET", "/settings/history", settings.history_page, READ),
    ("POST", "/settings/history", settings.submit_history, RECORD),
    ("GET", "/settings/prose", own_texts.prose_page, READ),
    ("POST", "/settings/prose", own_texts.submit_prose, RECORD),
    ("GET", "/settings/wording", own_texts.wording_page, READ),
    ("POST", "/settings/wording", own_texts.submit_wording, RECORD),
    ("GET", "/settings/{table}", settings.table_page, READ),
    ("POST", "/settings/{table}", settings.submit_row, RECORD),
    ("GET", "/settings/{table}/{row}", settings.row_page, READ),
    ("POST", "/settings/{table}/{row}", settings.submit_row, RECORD),
    ("GET", "/delivery", delivery_status.delivery_page, RECORD),
    ("POST", "/delivery", delivery_status.retry_update, RECORD),
    ("GET", "/posts", training.posts_page, ANYONE),
    ("POST", "/posts", training.act_as, ANYONE),
    ("POST", "/clock", training.move_clock, JOINED),
    ("GET", "/join/{token}", login.invitation_page, ANYONE),
    ("POST", "/join/{token}", login.join, ANYONE),
    ("POST", "/word", login.join_by_word, ANYONE),
    ("POST", "/recovery", login.join_by_recovery, ANYONE),
    ("GET", "/sessions", own_sessions.sessions_page, JOINED),
    ("POST", "/sessions", own_sessions.submit_sessions_form, JOINED),
    ("GET", "/kept/{token}", login.kept_form_page, JOINED),
    ("POST", "/leave", login.sign_out, JOINED),
    ("GET", "/display", display.display_page, JOINED),
    ("POST", "/display", display.choose_display, JOINED),
    ("GET", "/app/manifest.webmanifest", installed_app.manifest_file, ANYONE),
    ("GET", "/app/{shape}-{size:int}.png", installed_app.icon_file, ANYONE),
    ("GET", "/{rest:path}", guessed_address.guessed_page, JOINED),
)
UPLOAD_ROUTES: tuple[tuple[str, PageView, AccessLevel], ...] = (
    ("/texts/new", draft.submit_new_draft, JOINED),
    ("/texts/{number:int}/draft", draft.submit_draft_version, JOINED),
    ("/cases/{number:int}/papers", case.submit_case_form, RECORD),
    ("/cases/{number:int}/evidence", evidence.file_evidence, JOINED),
    ("/items/new", hand_in.hand_in_item, JOINED),
    ("/items/{number:int}", item.submit_item_form, JOINED),
    ("/items/{number:int}/again", hand_in.hand_in_again, JOINED),
    ("/items/{number:int}/draft", draft.submit_item_draft, RECORD),
    ("/checks", report_checks.check_dropped_reports, READ),
    ("/settings/letters/{paper}", letter_templates.submit_template, RECORD),
    ("/import", register_import.try_import, RECORD),
    ("/catalogue", catalogue.submit_catalogue, RECORD),
    ("/years/{year:int}/seal", seal.submit_seal, RECORD),
    ("/years/{year:int}/lists", yearly_lists.check_guide, READ),
)
"""The forms that accept files; their bodies may be larger than those of all others."""
FILES_IN_FORM = {"/checks": 500}
"""The forms that accept more than ``MAX_FILES``; the view says in words where it is too many."""


LISTEN_BACKLOG = 100  # connections
MAX_CONNECTIONS = 300  # connections and requests at once; beyond them the server answers 503
DEFAULT_LIMITS = PageLimits()


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


JoinLinkBuilder = Callable[[str], str]
"""Makes an invitation's link for another channel from its token; empty where there is no such channel."""


def create_web_app(
    app: OfficeApp,
    *,
    host: str = "localhost",
    training: TrainingMode | None = None,
    elsewhere: JoinLinkBuilder = lambda _token: "",
    platforms: PlatformSwitch | None = None,
    public_url: str = "",
    limits: PageLimits = DEFAULT_LIMITS,
) -> Starlette:
    """Create the web application of one office, or of the training town. BadPublicAddress."""
    address = parse_public_address(public_url, host)
    token_signer = TokenSigner(app.home.secret())
    web_app = WebApp(
        app=app,
        token_signer=token_signer,
        training=training,
        external_join_link=elsewhere,
        platforms=platforms,
        address=address,
    )
    uploads = [path for path, _view, _need in UPLOAD_ROUTES]
    guard = Middleware(SecurityMiddleware, address=address, meter=RequestMeter(limits), uploads=uploads)
    return Starlette(routes=list(_routes(web_app)), middleware=[guard])


class ShippedFiles(StaticFiles):
    """The program's own styles and scripts. They show nothing that anybody recorded, so a browser may keep them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Serve a file, kept by the browser for ten minutes: an upgraded program is soon seen."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "public, max-age=600"
        return answer


def _routes(web_app: WebApp) -> Iterator[BaseRoute]:
    yield Mount("/static", ShippedFiles(directory=str(files("bot") / "static")))
    for path, view, need in UPLOAD_ROUTES:
        most = FILES_IN_FORM.get(path, MAX_FILES)
        endpoint = PageEndpoint(web_app=web_app, view=view, need=need, most_files=most)
        yield Route(path, endpoint.answer, methods=["POST"])
    for method, path, view, need in ROUTES:
        yield Route(path, PageEndpoint(web_app=web_app, view=view, need=need).answer, methods=[method])


def bind_socket(host: str, port: int) -> socket.socket:
    """Bind the socket to serve on. PortTaken where that is impossible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # A browser that connects while the first sweep still runs waits, and is not refused.
        listener.listen(LISTEN_BACKLOG)
    except OSError as error:
        listener.close()
        reason = PORTS.get(error.errno or 0, "no_address")
        raise PortTaken.for_reason(reason, PORT_REASONS[reason], host=host, port=port) from error
    return listener


def serve(
    app: OfficeApp,
    listener: socket.socket,
    host: str,
    training: TrainingMode | None = None,
    *,
    elsewhere: JoinLinkBuilder = lambda _token: "",
    platforms: PlatformSwitch | None = None,
    public_url: str = "",
) -> None:
    """Serve until SIGTERM or SIGINT; open requests are answered first, for at most ten seconds."""
    # The server raises the signal again when it has stopped; by then there is nothing left to interrupt.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    server = served(app, host, training, elsewhere=elsewhere, platforms=platforms, public_url=public_url)
    server.run(sockets=[listener])


def served(
    app: OfficeApp,
    host: str,
    training: TrainingMode | None = None,
    *,
    elsewhere: JoinLinkBuilder = lambda _token: "",
    platforms: PlatformSwitch | None = None,
    public_url: str = "",
) -> uvicorn.Server:
    """Return the server of the page, with its limits of time and connections. BadPublicAddress."""
    settings = uvicorn.Config(
        create_web_app(
            app,
            host=host,
            training=training,
            elsewhere=elsewhere,
            platforms=platforms,
            public_url=public_url,
        ),
        http=TimedProtocol,
        limit_concurrency=MAX_CONNECTIONS,
        lifespan="off",
        log_level="warning",
        access_log=False,  # an address can hold a join link
        proxy_headers=False,  # what is public stands in GONGKAI_PUBLIC_URL, whatever a header says
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    return uvicorn.Server(settings)
