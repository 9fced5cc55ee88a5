"""A text on its way out, to be read and decided upon: its words, its files, its route, and who said what of it.

Whatever is signed through the chain is read here: texts for the website, answers, bulletins, the annual report. A
decision names the fingerprint of what was shown: of another text it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.forms import Form
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import noted, record
from bot.channels.web.request.viewer import Sight, looking
from bot.channels.web.texts.decision_forms import ACTS, decision_forms, said_of
from bot.dialog.permissions import may_open_files, may_write, sees
from bot.language.finding_lines import proofread_lines
from bot.language.publication_check_words import found_in, live_lines
from bot.publishing.publication_check import SEEN, address_of, last_look, look_at, record_look
from bot.publishing.review_findings import findings_before
from bot.publishing.texts import Laid, laid_down, sheet_of
from config.declarations.duty import Duty
from config.errors import Refusal
from config.hosts import host_in
from scheduler.signoff.approval_state import Standing, standing_in
from scheduler.worklist.pending import Wait, troubles
from storage.content.content_store import Archive
from storage.documents.layout.processing_sheet import SignRow
from storage.events.approvals import is_out, last_drafted
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest
from storage.web.publication_check import Live, State

MOST_TEXTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as its page shows it."""

    case: Case
    duty: Duty
    at: Standing
    manifest: Manifest | None
    """None where nothing was laid down yet."""
    waits: tuple[Wait, ...]
    findings: tuple[str, ...]
    forms: tuple[Form, ...]
    may_write: bool
    may_open: bool

    @property
    def digest(self) -> str:
        """What is signed, or went out."""
        return self.manifest.digest if self.manifest else ""


def all_texts(visit: Visit) -> Response:
    """Every text on its way that they may see, and the way to a new one."""
    with looking(visit) as sight:
        turn = sight.turn
        found = turn.index.cases(turn.index.open_cases()).values()
        rows = [row for case in found if (row := _line(sight, case))]
    return visit.show("texts.html", rows=rows[:MOST_TEXTS], hidden=max(0, len(rows) - MOST_TEXTS))


def one_text(visit: Visit) -> Response:
    """A text."""
    return _shown(visit)


def decide(visit: Visit) -> Response:
    """Sign it, return it, or whatever else was decided."""
    number = visit.number("number")
    if visit.form.get("act") not in ACTS:
        raise NoSuchPage
    with looking(visit) as sight:
        sight.case(number)  # what somebody may not see, they decide nothing of
    try:
        position = record(visit, said_of(visit, number), case=number)
    except Refusal as refused:
        return _shown(visit, visit.labels.book.error(refused))
    return visit.go(f"/texts/{number}?noted={position}")


def look_live(visit: Visit) -> Response:
    """Look at the page where it was published, now."""
    number = visit.number("number")
    laid = laid_of(visit, number)
    found = look_at(visit.works, laid)
    unseen = "" if record_look(visit.works, laid, found) else f"?unseen={found.why}&status={found.status}"
    return visit.go(f"/texts/{number}{unseen}#live")


def laid_of(visit: Visit, number: int) -> Laid:
    """The text that counts in a case, with its files, for whoever may take them away."""
    with looking(visit) as sight:
        case, duty = _with_chain(sight, number)
        if not may_open_files(sight.turn, case, duty):
            raise NoSuchPage
    return laid_down(visit.works, case, duty)


def _with_chain(sight: Sight, number: int) -> tuple[Case, Duty]:
    case, duty = sight.case(number)
    if not chain_kind(case, duty):
        raise NoSuchPage
    return case, duty


def _line(sight: Sight, case: Case) -> dict[str, object] | None:
    duty = sight.visit.works.duties.get(case.opening.kind) if case.opening else None
    if duty is None or not chain_kind(case, duty) or not case.approvals or not sees(sight.turn, case, duty):
        return None
    at, wrong = standing_in(sight.visit.works.office, case, duty), bool(troubles(case, duty))
    if case.closing and not wrong:
        return None  # closed a moment ago
    title = at.title or sight.turn.dealer.name(case)
    return {"case": case, "duty": duty, "at": at, "title": title, "wrong": wrong, "out": is_out(case, duty)}


def _read(visit: Visit) -> Reading:
    with looking(visit) as sight:
        case, duty = _with_chain(sight, visit.number("number"))
        office = visit.works.office
        at, archive = standing_in(office, case, duty), Archive(sight.turn.connection, office.slug)
        digest = at.manifest or last_drafted(case.approvals)
        findings = findings_before(visit.works, archive, digest) if digest else ()
        return Reading(
            case=case,
            duty=duty,
            at=at,
            manifest=archive.manifest(digest) if digest else None,
            waits=sight.turn.waits(case, duty),
            findings=tuple(proofread_lines(findings, visit.labels.book)),
            forms=tuple(decision_forms(sight, case, duty, at)),
            may_write=may_write(sight.turn, case, duty),
            may_open=may_open_files(sight.turn, case, duty),
        )


def _shown(visit: Visit, problem: str = "") -> Response:
    reading, sent = _read(visit), visit.form.get("act", "")
    forms = [
        form.again(visit.form, problem) if problem and form.key == sent else form for form in reading.forms
    ]
    placed = any(form.problem for form in forms)
    rows, signatures = _sheet(visit, reading)
    return visit.show(
        "text.html",
        422 if problem else 200,
        reading=reading,
        rows=rows,
        signatures=signatures,
        route=route_of(reading.at, visit),
        forms=forms,
        problem="" if placed else problem,
        noted=noted(visit, {entry.position for entry in reading.case.entries}),
        address=address_of(reading.case),
        linked=bool(host_in(address_of(reading.case))),
        checks_live=bool(reading.duty.step(SEEN)),
        looks=_looks(visit, reading.case),
    )


def _looks(visit: Visit, case: Case) -> Iterator[tuple[bool, str, Sequence[str]]]:
    """What is known of its page: the look a moment ago, where nothing was recorded of it, and the last that was."""
    book, address, unseen = visit.labels.book, address_of(case), visit.asked("unseen")
    if unseen and f"live.why.{unseen}" in book.phrases:
        status = int(visit.asked("status")) if visit.asked("status").isdecimal() else 0
        found = Live(state=State.UNREACHABLE, url=address, why=unseen, status=status)
        yield False, visit.say("page.text.unrecorded"), list(live_lines(found, book, address))
    if last := last_look(case):
        head = visit.say("page.text.looked_on", day=visit.labels.day(last.happened_on))
        yield last.step == SEEN, head, list(live_lines(found_in(last.facts), book, address))


def _sheet(visit: Visit, reading: Reading) -> tuple[Sequence[tuple[str, str]], Sequence[SignRow]]:
    """What its processing sheet says: what it is, and what was decided of this version."""
    if reading.manifest is None:
        return (), ()
    laid = Laid(
        case=reading.case, duty=reading.duty, text=reading.at.text, manifest=reading.manifest, files={}
    )
    sheet = sheet_of(laid, visit.labels)
    return sheet.rows[2:], sheet.signatures  # its title and number stand above


def route_of(at: Standing, visit: Visit) -> list[tuple[str, str, str]]:
    """Each stage: how far it is (done, now, ahead), its name, and who signed it."""
    by = {one.stage: one.post for one in at.signed}
    now = at.stage.name if at.stage else ""
    found = []
    reached = bool(at.manifest) and not at.text.rejected
    for name in at.text.route:
        reached = reached and name != now
        state = "now" if name == now else "done" if reached else "ahead"
        passed = visit.say("page.text.overridden") if name in at.text.overridden else by.get(name, "")
        found.append((state, name, passed))
    return found
