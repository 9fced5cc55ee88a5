"""Shows a text that is to be approved or was published (words, attachments, route, signatures) and records decisions.

Everything that is signed in stages is read here: texts for the website, replies, bulletins, the annual report. A
decision carries the digest of the manifest that was shown; it is refused where the text has changed since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import confirmation_notice, record_submission, refusal_words
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.decision_forms import DECISIONS, decision_command, decision_forms
from bot.channels.web.texts.file_text import file_lines, letter_day_warning
from bot.dialog.permissions import may_open_files, may_write, why_not_signing
from bot.publishing.generated_papers import paper_findings
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.publication_check import (
    check_published_page,
    last_publication_check,
    publication_check_from_facts,
    publication_check_lines,
    published_address,
    record_publication_check,
)
from bot.publishing.texts import SubmittedText, findings_of_stored, load_submitted_text
from bot.publishing.version_comparison import version_steps
from config.declarations.duty import Duty
from config.declarations.keys import CHECK_PASSED_STEP
from config.errors import Refusal
from config.hosts import host_of_url
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.worklist.pending import PendingAction
from storage.content.content_store import ContentStore
from storage.documents.layout.processing_sheet import SheetSignature
from storage.events.approvals import last_drafted_manifest
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest
from storage.web.publication_check import PublicationCheck, PublicationState


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A text with everything its page shows."""

    case: Case
    duty: Duty
    approval: ApprovalState
    manifest: Manifest | None
    """None where no text was submitted yet."""
    pending_actions: tuple[PendingAction, ...]
    findings: tuple[str, ...]
    report_findings: tuple[str, ...]
    """What the check of the report finds, where the text is one: it stands before every signature."""
    file_lines: tuple[str, ...]
    """The words of its first file, where the text has none of its own."""
    has_versions: bool
    forms: tuple[WebForm, ...]
    barred: str
    """Why it waits for somebody else, to a holder of its stage who may not sign; empty for everybody else."""
    may_write: bool
    may_open: bool

    @property
    def digest(self) -> str:
        """Digest of the manifest that is to be signed or was published; empty where there is none."""
        return self.manifest.digest if self.manifest else ""


def text_page(page: PageRequest) -> Response:
    """The page of a text."""
    return _render_page(page)


def submit_decision(page: PageRequest) -> Response:
    """Record a decision on the text: sign, return, reject, pass on, withdraw or override."""
    number = page.path_number("number")
    if page.form.get("act") not in DECISIONS:
        raise NoSuchPage
    with viewing(page) as viewer:
        viewer.case(number)  # NoSuchPage where they may not see it
    try:
        position = record_submission(page, decision_command(page, number), case=number)
    except Refusal as refused:
        return _render_page(page, refusal_words(page, refused))
    return page.redirect(f"/texts/{number}?noted={position}")


def check_publication_page(page: PageRequest) -> Response:
    """Check now whether the text stands on the page where it was published, and record the result."""
    number = page.path_number("number")
    submitted = readable_submitted_text(page, number)
    found = check_published_page(page.app, submitted)
    unseen = (
        ""
        if record_publication_check(page.app, submitted, found)
        else f"?unseen={found.why}&status={found.status}"
    )
    return page.redirect(f"/texts/{number}{unseen}#live")


def readable_submitted_text(page: PageRequest, number: int) -> SubmittedText:
    """A case's current text with its files. NoSuchPage where the user may not open them."""
    with viewing(page) as viewer:
        case, duty = _case_with_chain(viewer, number)
        if not may_open_files(viewer.context, case, duty):
            raise NoSuchPage
    return load_submitted_text(page.app, case, duty)


def _case_with_chain(viewer: Viewer, number: int) -> tuple[Case, Duty]:
    case, duty = viewer.case(number)
    if not chain_kind(case, duty):
        raise NoSuchPage
    return case, duty


def _load_text_view(page: PageRequest) -> TextView:
    with viewing(page) as viewer:
        case, duty = _case_with_chain(viewer, page.path_number("number"))
        office = page.app.office
        at = approval_state_of_case(office, case, duty)
        store = page.app.contents(viewer.context.connection)
        digest = at.manifest or last_drafted_manifest(case.approvals)
        manifest = store.manifest(digest) if digest else None
        findings = findings_of_stored(page.app, store, manifest) if manifest else ()
        opens = may_open_files(viewer.context, case, duty)
        checked = paper_findings(page.app, case, duty) if at.stage else ()
        barred = why_not_signing(viewer.context, case, duty)
        return TextView(
            case=case,
            duty=duty,
            approval=at,
            manifest=manifest,
            pending_actions=viewer.context.pending_actions(case, duty),
            findings=tuple(page.labels.book.finding_lines(findings)),
            report_findings=tuple(page.labels.book.finding(one) for one in checked),
            file_lines=tuple(own_file_lines(store, manifest)) if opens and manifest else (),
            has_versions=opens and bool(version_steps(case.approvals)),
            forms=tuple(decision_forms(viewer, case, duty, at)),
            barred=page.labels.book.error(barred) if barred else "",
            may_write=may_write(viewer.context, case, duty),
            may_open=opens,
        )


def own_file_lines(store: ContentStore, manifest: Manifest) -> Sequence[str]:
    """The words of a text that is a file alone, such as an answer or a report."""
    first = next((one for one in manifest.attachments if not one.original), None)
    if manifest.text or first is None or first.sha256 not in store.known([first.sha256]):
        return ()
    return file_lines(first.name, store.read(first.sha256))


def _render_page(page: PageRequest, problem: str = "") -> Response:
    reading, sent = _load_text_view(page), page.form.get("act", "")
    forms = [
        form.resubmitted(page.form, problem) if problem and form.key == sent else form
        for form in reading.forms
    ]
    placed = any(form.problem for form in forms)
    rows, signatures = _sheet_parts(page, reading)
    return page.render(
        "text.html",
        422 if problem else 200,
        reading=reading,
        outcome=(outcome := _outcome_label(page, reading)),
        dated=letter_day_warning(page, reading.case, reading.file_lines, signed=reading.approval.complete)
        if outcome
        else "",
        rows=rows,
        signatures=signatures,
        route=route_stages(reading.approval, page),
        forms=forms,
        problem="" if placed else problem,
        noted=confirmation_notice(page, {entry.position for entry in reading.case.entries}),
        address=published_address(reading.case),
        linked=bool(host_of_url(published_address(reading.case))),
        checks_live=bool(reading.duty.step(CHECK_PASSED_STEP)),
        looks=_publication_checks(page, reading.case),
    )


def _outcome_label(page: PageRequest, reading: TextView) -> str:
    """What an answer answers; empty for a text that is no answer."""
    outcome = reading.duty.outcome(reading.manifest.decision) if reading.manifest else None
    return page.labels.label(outcome) if outcome else ""


def _publication_checks(page: PageRequest, case: Case) -> Iterator[tuple[bool, str, Sequence[str]]]:
    """The publication checks to show: the unrecorded one of a moment ago, and the last recorded one."""
    book, address, unseen = page.labels.book, published_address(case), page.query_value("unseen")
    if unseen and f"live.why.{unseen}" in book.phrases:
        status = int(page.query_value("status")) if page.query_value("status").isdecimal() else 0
        found = PublicationCheck(state=PublicationState.UNREACHABLE, url=address, why=unseen, status=status)
        yield False, page.say("page.text.unrecorded"), list(publication_check_lines(found, book, address))
    if last := last_publication_check(case):
        head = page.say("page.text.looked_on", day=page.labels.day(last.happened_on))
        yield (
            last.step == CHECK_PASSED_STEP,
            head,
            list(publication_check_lines(publication_check_from_facts(last.facts), book, address)),
        )


def _sheet_parts(
    page: PageRequest, reading: TextView
) -> tuple[Sequence[tuple[str, str]], Sequence[SheetSignature]]:
    """The rows and signatures of the processing sheet that concern this version."""
    if reading.manifest is None:
        return (), ()
    submitted = SubmittedText(
        case=reading.case, duty=reading.duty, text=reading.approval.text, manifest=reading.manifest, files={}
    )
    sheet = build_processing_sheet(submitted, page.labels)
    return sheet.rows[2:], sheet.signatures  # its title and number stand above


def route_stages(at: ApprovalState, page: PageRequest) -> list[tuple[str, str, str]]:
    """Each stage of the route: its state (done, now, ahead), its name, and the post that signed it."""
    by = {one.stage: one.post for one in at.signed}
    now = at.stage.name if at.stage else ""
    found = []
    reached = bool(at.manifest) and not at.text.rejected
    for name in at.text.route:
        reached = reached and name != now
        state = "now" if name == now else "done" if reached else "ahead"
        passed = page.say("page.text.overridden") if name in at.text.overridden_stages else by.get(name, "")
        found.append((state, name, passed))
    return found
