"""A text on its way out, to be read and decided upon: its words, its files, its route, and who said what of it.

Whatever is signed through the chain is read here: texts for the website, answers, bulletins, the annual report. A
decision names the fingerprint of what was shown: of another text it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import confirmation_notice, record_submission
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.decision_forms import DECISIONS, decision_command, decision_forms
from bot.dialog.permissions import can_view, may_open_files, may_write
from bot.language.finding_lines import proofread_lines
from bot.language.publication_check_words import publication_check_from_facts, publication_check_lines
from bot.publishing.publication_check import (
    CHECK_PASSED_STEP,
    check_published_page,
    last_publication_check,
    published_address,
    record_publication_check,
)
from bot.publishing.review_findings import findings_for_digest
from bot.publishing.texts import SubmittedText, build_processing_sheet, load_submitted_text
from config.declarations.duty import Duty
from config.errors import Refusal
from config.hosts import host_of_url
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.worklist.pending import PendingAction, open_defects
from storage.content.content_store import ContentStore
from storage.documents.layout.processing_sheet import SheetSignature
from storage.events.approvals import is_published, last_drafted_manifest
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest
from storage.web.publication_check import PublicationCheck, PublicationState

MAX_TEXTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A text as its page shows it."""

    case: Case
    duty: Duty
    approval: ApprovalState
    manifest: Manifest | None
    """None where nothing was laid down yet."""
    pending_actions: tuple[PendingAction, ...]
    findings: tuple[str, ...]
    forms: tuple[WebForm, ...]
    may_write: bool
    may_open: bool

    @property
    def digest(self) -> str:
        """What is signed, or went out."""
        return self.manifest.digest if self.manifest else ""


def texts_page(visit: PageRequest) -> Response:
    """Every text on its way that they may see, and the way to a new one."""
    with viewing(visit) as sight:
        context = sight.context
        found = context.index.cases(context.index.open_cases()).values()
        rows = [row for case in found if (row := _text_row(sight, case))]
    return visit.render("texts.html", rows=rows[:MAX_TEXTS], hidden=max(0, len(rows) - MAX_TEXTS))


def text_page(visit: PageRequest) -> Response:
    """A text."""
    return _render_page(visit)


def submit_decision(visit: PageRequest) -> Response:
    """Sign it, return it, or whatever else was decided."""
    number = visit.path_number("number")
    if visit.form.get("act") not in DECISIONS:
        raise NoSuchPage
    with viewing(visit) as sight:
        sight.case(number)  # what somebody may not see, they decide nothing of
    try:
        position = record_submission(visit, decision_command(visit, number), case=number)
    except Refusal as refused:
        return _render_page(visit, visit.labels.book.error(refused))
    return visit.redirect(f"/texts/{number}?noted={position}")


def check_publication_page(visit: PageRequest) -> Response:
    """Look at the page where it was published, now."""
    number = visit.path_number("number")
    laid = readable_submitted_text(visit, number)
    found = check_published_page(visit.app, laid)
    unseen = (
        ""
        if record_publication_check(visit.app, laid, found)
        else f"?unseen={found.why}&status={found.status}"
    )
    return visit.redirect(f"/texts/{number}{unseen}#live")


def readable_submitted_text(visit: PageRequest, number: int) -> SubmittedText:
    """The text that counts in a case, with its files, for whoever may take them away."""
    with viewing(visit) as sight:
        case, duty = _case_with_chain(sight, number)
        if not may_open_files(sight.context, case, duty):
            raise NoSuchPage
    return load_submitted_text(visit.app, case, duty)


def _case_with_chain(sight: Viewer, number: int) -> tuple[Case, Duty]:
    case, duty = sight.case(number)
    if not chain_kind(case, duty):
        raise NoSuchPage
    return case, duty


def _text_row(sight: Viewer, case: Case) -> dict[str, object] | None:
    duty = sight.page_request.app.duties.get(case.opening.kind) if case.opening else None
    if (
        duty is None
        or not chain_kind(case, duty)
        or not case.approvals
        or not can_view(sight.context, case, duty)
    ):
        return None
    at, wrong = (
        approval_state_of_case(sight.page_request.app.office, case, duty),
        bool(open_defects(case, duty)),
    )
    if case.closing and not wrong:
        return None  # closed a moment ago
    title = at.title or sight.context.card_builder.case_title(case)
    return {
        "case": case,
        "duty": duty,
        "at": at,
        "title": title,
        "wrong": wrong,
        "out": is_published(case, duty),
    }


def _load_text_view(visit: PageRequest) -> TextView:
    with viewing(visit) as sight:
        case, duty = _case_with_chain(sight, visit.path_number("number"))
        office = visit.app.office
        at, archive = (
            approval_state_of_case(office, case, duty),
            ContentStore(sight.context.connection, office.slug),
        )
        digest = at.manifest or last_drafted_manifest(case.approvals)
        findings = findings_for_digest(visit.app, archive, digest) if digest else ()
        return TextView(
            case=case,
            duty=duty,
            approval=at,
            manifest=archive.manifest(digest) if digest else None,
            pending_actions=sight.context.pending_actions(case, duty),
            findings=tuple(proofread_lines(findings, visit.labels.book)),
            forms=tuple(decision_forms(sight, case, duty, at)),
            may_write=may_write(sight.context, case, duty),
            may_open=may_open_files(sight.context, case, duty),
        )


def _render_page(visit: PageRequest, problem: str = "") -> Response:
    reading, sent = _load_text_view(visit), visit.form.get("act", "")
    forms = [
        form.resubmitted(visit.form, problem) if problem and form.key == sent else form
        for form in reading.forms
    ]
    placed = any(form.problem for form in forms)
    rows, signatures = _sheet_parts(visit, reading)
    return visit.render(
        "text.html",
        422 if problem else 200,
        reading=reading,
        rows=rows,
        signatures=signatures,
        route=route_stages(reading.approval, visit),
        forms=forms,
        problem="" if placed else problem,
        noted=confirmation_notice(visit, {entry.position for entry in reading.case.entries}),
        address=published_address(reading.case),
        linked=bool(host_of_url(published_address(reading.case))),
        checks_live=bool(reading.duty.step(CHECK_PASSED_STEP)),
        looks=_publication_checks(visit, reading.case),
    )


def _publication_checks(visit: PageRequest, case: Case) -> Iterator[tuple[bool, str, Sequence[str]]]:
    """What is known of its page: the look a moment ago, where nothing was recorded of it, and the last that was."""
    book, address, unseen = visit.labels.book, published_address(case), visit.query_value("unseen")
    if unseen and f"live.why.{unseen}" in book.phrases:
        status = int(visit.query_value("status")) if visit.query_value("status").isdecimal() else 0
        found = PublicationCheck(state=PublicationState.UNREACHABLE, url=address, why=unseen, status=status)
        yield False, visit.say("page.text.unrecorded"), list(publication_check_lines(found, book, address))
    if last := last_publication_check(case):
        head = visit.say("page.text.looked_on", day=visit.labels.day(last.happened_on))
        yield (
            last.step == CHECK_PASSED_STEP,
            head,
            list(publication_check_lines(publication_check_from_facts(last.facts), book, address)),
        )


def _sheet_parts(
    visit: PageRequest, reading: TextView
) -> tuple[Sequence[tuple[str, str]], Sequence[SheetSignature]]:
    """What its processing sheet says: what it is, and what was decided of this version."""
    if reading.manifest is None:
        return (), ()
    laid = SubmittedText(
        case=reading.case, duty=reading.duty, text=reading.approval.text, manifest=reading.manifest, files={}
    )
    sheet = build_processing_sheet(laid, visit.labels)
    return sheet.rows[2:], sheet.signatures  # its title and number stand above


def route_stages(at: ApprovalState, visit: PageRequest) -> list[tuple[str, str, str]]:
    """Each stage: how far it is (done, now, ahead), its name, and who signed it."""
    by = {one.stage: one.post for one in at.signed}
    now = at.stage.name if at.stage else ""
    found = []
    reached = bool(at.manifest) and not at.text.rejected
    for name in at.text.route:
        reached = reached and name != now
        state = "now" if name == now else "done" if reached else "ahead"
        passed = visit.say("page.text.overridden") if name in at.text.overridden_stages else by.get(name, "")
        found.append((state, name, passed))
    return found
