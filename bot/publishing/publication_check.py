"""Checks published texts on the website: fetches the page, compares it with the signed text, records the result.

The check is recorded as the program's own; a person decides whether anything follows from it. The command line, the
page of a text and a card show its result in the same lines (its state, the differences, the next step), also from
what was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from bot.language.phrasebook import Phrasebook
from bot.publishing.item_adoption import record_town_adoption
from bot.publishing.texts import SubmittedText, load_submitted_text
from bot.services.app import OfficeApp
from config.declarations.keys import (
    ADDRESS_FIELD,
    CHECK_FAILED_STEP,
    CHECK_PASSED_STEP,
    PUBLISHED_STEP,
    TITLE_FIELD,
    UPDATED_STEP,
    URL_FIELD,
)
from config.errors import Refusal
from config.hosts import is_under_url
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.results import ACTOR
from storage.eventlog.projections import CaseProjections
from storage.events.approvals import releases
from storage.events.case import Case
from storage.events.events import Facts, Stepped
from storage.events.manifest import Manifest
from storage.proofread.personal_data.detector import masked_text
from storage.web.http_client import fetch
from storage.web.http_results import PERMANENT_REASONS, FailureReason, website_policy
from storage.web.publication_check import NO_PAGE, PublicationCheck, PublicationState, check_publication

MEANS = "live check"
RECHECK_PERIOD = timedelta(days=365)  # a page older than that is for the yearly inspection [practice]
UNREACHABLE_LIMIT = timedelta(weeks=4)  # looked for each week, and not seen once [practice]
PUBLICATION_STEPS = (PUBLISHED_STEP, CHECK_PASSED_STEP, CHECK_FAILED_STEP)
RECENT_ENTRIES = 500  # entries of the log: more than an office writes in a day
FIRST_CHECK_PERIOD = timedelta(
    days=1
)  # a page that cannot be seen is tried until the next day, and then each week
MAX_PARAGRAPH_SHOWN = 100  # characters of the first missing paragraph: enough to find it by
_LASTING_REASONS = frozenset(
    {*PERMANENT_REASONS, FailureReason.REDIRECTED_AWAY, FailureReason.TOO_LARGE, NO_PAGE}
)
"""Reasons with a next step of their own: another check would give the same result."""
FaultHandler = Callable[[Exception], object]


class NotPublished(Refusal):
    """Case {case} has no address yet. Record where it stands: gongkai text published {case} --at ADDRESS."""


def published_address(case: Case) -> str:
    """The address at which a text was published, as recorded last; empty where it was not published."""
    published = case.last_step(PUBLISHED_STEP)
    return str(published.facts.get(ADDRESS_FIELD, "")) if published else ""


def check_published_page(app: OfficeApp, laid: SubmittedText) -> PublicationCheck:
    """Check the page at the text's address now. NotPublished."""
    address = published_address(laid.case)
    if not address:
        raise NotPublished(case=laid.case.number)
    text = _released_manifest(app, laid)
    return check_publication(fetch(address, website_policy(app.office.site)), text.title, text.text)


def _released_manifest(app: OfficeApp, laid: SubmittedText) -> Manifest:
    """The version that was published last; a newer one may await signatures."""
    out = max(releases(laid.case, laid.duty), default=None)
    if out is None or out.manifest == laid.manifest.digest:
        return laid.manifest
    with app.log() as log:
        return app.contents(log.connection).manifest(out.manifest)


def record_publication_check(app: OfficeApp, laid: SubmittedText, found: PublicationCheck) -> bool:
    """Record a check's result, once if it is unchanged; a page that differs is pending until it is corrected.

    For a page that could not be reached nothing is recorded (False) and it is checked again, unless the failure is
    lasting or has lasted for weeks.
    """
    if found.state is PublicationState.UNREACHABLE and not _is_lasting_failure(app, laid.case, found):
        return False
    case, step = laid.case, CHECK_PASSED_STEP if found.state is PublicationState.LIVE else CHECK_FAILED_STEP
    seen = {key: masked_text(str(value)) for key, value in publication_check_facts(found).items()}
    facts = {ADDRESS_FIELD: published_address(case), **seen}
    last = last_publication_check(case)
    if last and (last.step, last.happened_on, last.facts) == (step, app.today, facts):
        return True
    key = f"live {case.number} {len(case.entries)}"  # two looks at once, at the same state: one record
    with app.recorder.transaction(actor=ACTOR, means=MEANS) as uow:
        if not uow.context.log.known_keys([key]):
            uow.cases.step(case.number, step, app.today, facts, key=key)
            _update_column(app, laid, uow, seen=step == CHECK_PASSED_STEP)
            if step == CHECK_PASSED_STEP:
                record_town_adoption(uow, uow.context.case(case.number), published_address(case), app.today)
    return True


def _update_column(app: OfficeApp, laid: SubmittedText, uow: UnitOfWork, *, seen: bool) -> None:
    """Record an update of the website's column in which a published text was seen."""
    published, address = laid.case.last_step(PUBLISHED_STEP), published_address(laid.case)
    column = _column_containing(app, uow, address) if seen else None
    if published is None or column is None or column.opening is None:
        return
    key, day = f"column {column.number} {address}", published.happened_on
    if day >= column.opening.happened_on and not uow.context.log.known_keys([key]):
        facts = {TITLE_FIELD: laid.manifest.title, ADDRESS_FIELD: address}
        uow.cases.step(column.number, UPDATED_STEP, day, facts, key=key)


def _column_containing(app: OfficeApp, uow: UnitOfWork, address: str) -> Case | None:
    """The case of the column that an address lies in; the inner one of two."""
    kinds = [duty.kind for duty in app.duties.values() if duty.step(UPDATED_STEP) and duty.field(URL_FIELD)]
    lines = [line for kind in kinds for line in uow.context.index.lines_of_kind(kind, app.today)]
    cases = uow.context.cases([line.number for line in lines if line.closed_on is None]).values()
    found = [case for case in cases if is_under_url(address, str(case.facts.get(URL_FIELD, "")))]
    return max(found, key=lambda case: len(str(case.facts[URL_FIELD])), default=None)


def recheck_publications(app: OfficeApp, on_fault: FaultHandler) -> list[tuple[int, PublicationCheck]]:
    """Check every page of the last year again, closed cases included: a page can vanish long after.

    A fault in one check stops no other; it is passed to ``on_fault``.
    """
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        since = app.today - RECHECK_PERIOD
        numbers = [line.number for kind in _checked_kinds(app) for line in index.lines_of_kind(kind, since)]
        cases = index.cases(numbers)
    return _check_cases(app, cases.values(), on_fault)


def check_new_publications(app: OfficeApp, on_fault: FaultHandler) -> list[tuple[int, PublicationCheck]]:
    """Check the pages that were published lately, by whatever way, and have not been checked yet."""
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        lately = index.lines_of(sorted(log.cases_recorded_after(after=log.end().position - RECENT_ENTRIES)))
        cases = index.cases([line.number for line in lately if line.kind in _checked_kinds(app)])
    new = [case for case in cases.values() if _is_new(case, app.clock.now())]
    return _check_cases(app, new, on_fault)


def _is_new(case: Case, now: datetime) -> bool:
    last = case.last_step(*PUBLICATION_STEPS)
    if last is None or last.step != PUBLISHED_STEP:
        return False
    return any(
        entry.record == last and entry.recorded_at > now - FIRST_CHECK_PERIOD for entry in case.entries
    )


def _checked_kinds(app: OfficeApp) -> list[str]:
    """The kinds whose texts are checked on the website."""
    return [
        duty.kind
        for duty in app.duties.values()
        if duty.step(CHECK_PASSED_STEP) and duty.step(PUBLISHED_STEP)
    ]


def _check_cases(
    app: OfficeApp, cases: Iterable[Case], on_fault: FaultHandler
) -> list[tuple[int, PublicationCheck]]:
    seen = []
    for case in cases:
        try:
            seen += [(case.number, found) for found in _check_case(app, case)]
        except Exception as fault:  # noqa: BLE001 - one poisoned case stops no other; its fault is passed on
            on_fault(fault)
    return seen


def _check_case(app: OfficeApp, case: Case) -> Iterator[PublicationCheck]:
    duty = app.duties.get(case.opening.kind) if case.opening else None
    if duty and published_address(case):
        laid = load_submitted_text(app, case, duty)
        found = check_published_page(app, laid)
        record_publication_check(app, laid, found)
        yield found


def last_publication_check(case: Case) -> Stepped | None:
    """The last recorded check of a case's page; None where it was not checked since it was published."""
    last = case.last_step(*PUBLICATION_STEPS)
    return last if last and last.step != PUBLISHED_STEP else None


def _is_lasting_failure(app: OfficeApp, case: Case, found: PublicationCheck) -> bool:
    last = case.last_step(*PUBLICATION_STEPS)
    return found.why in PERMANENT_REASONS or bool(last and app.today - last.happened_on >= UNREACHABLE_LIMIT)


def publication_check_lines(found: PublicationCheck, book: Phrasebook, asked: str = "") -> Iterator[str]:
    """The lines of a check's result; ``asked`` is the recorded address, which may redirect to another."""
    say = book.say
    yield say(f"live.state.{found.state}", status=found.status)
    if asked and found.url != asked:
        yield say("live.redirected", url=found.url)
    if found.why:
        yield say("live.because", why=say(f"live.why.{found.why}", status=found.status))
    for part in ("title_now", "missing", "added"):
        if words := getattr(found, part)[:MAX_PARAGRAPH_SHOWN]:
            yield say(f"live.{part}", **{part: words})
    if step := _next_step(found):
        yield say(f"live.next.{step}")


def publication_check_facts(found: PublicationCheck) -> dict[str, str | int]:
    """The facts that are recorded of a check, besides the address."""
    if found.state is PublicationState.LIVE:
        return {"added": found.added[:MAX_PARAGRAPH_SHOWN]} if found.added else {}
    why = found.missing or found.title_now or (str(found.status) if found.status else "")
    told = {"state": str(found.state), "reason": str(found.why), "why": why[:MAX_PARAGRAPH_SHOWN]}
    return {key: value for key, value in told.items() if value}


def publication_check_from_facts(facts: Facts) -> PublicationCheck:
    """The result of a check as it was recorded."""
    told = {key: str(value) for key, value in facts.items()}
    state, why = PublicationState(told.get("state", PublicationState.LIVE)), told.get("why", "")
    status = (
        int(why)
        if state in {PublicationState.VANISHED, PublicationState.UNREACHABLE} and why.isdecimal()
        else 0
    )
    return PublicationCheck(
        state=state,
        url=told.get("address", ""),
        why=told.get("reason", ""),
        status=status,
        missing=why if state is PublicationState.CHANGED else "",
        title_now=why if state is PublicationState.TITLE_CHANGED else "",
        added=told.get("added", ""),
    )


def _next_step(found: PublicationCheck) -> str:
    if found.state is PublicationState.LIVE:
        return "added" if found.added else ""
    return found.why if found.why in _LASTING_REASONS else str(found.state)
