"""Looking at the website: fetch the page where a text was published, compare, and record what was found.

The look is the program's own and says so; whether anything follows from it, a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from bot.language.publication_check_words import facts_of
from bot.publishing.texts import Laid, laid_down
from bot.services.app import Works
from config.errors import Refusal
from config.hosts import lies_below
from scheduler.recording.unit_of_work import Sitting
from scheduler.sweep.results import ACTOR
from storage.content.content_store import Archive
from storage.eventlog.projections import Index
from storage.events.approvals import releases
from storage.events.case import Case
from storage.events.events import Stepped
from storage.events.manifest import Manifest
from storage.web.http_client import fetch
from storage.web.http_results import FOR_EVER, policy_of
from storage.web.publication_check import Live, State, check_live

MEANS = "live check"
LOOKED_AFTER = timedelta(days=365)  # a page older than that is for the yearly inspection [practice]
UNSEEN_FOR = timedelta(weeks=4)  # looked for each week, and not seen once [practice]
SEEN, UNSEEN = "live_checked", "live_failed"
PUBLISHED, UPDATED = "published", "updated"
PAGE = (PUBLISHED, SEEN, UNSEEN)
LATELY = 500  # entries of the log: more than an office writes in a day
NEW_FOR = timedelta(days=1)  # a page that cannot be seen is tried until the next day, and then each week
Told = Callable[[Exception], object]


class NotPublished(Refusal):
    """Case {case} has no address yet. Record where it stands: gongkai text published {case} --at ADDRESS."""


def address_of(case: Case) -> str:
    """Where a text was published, as it was recorded last; empty where it was not."""
    published = case.last_of(PUBLISHED)
    return str(published.facts.get("address", "")) if published else ""


def look_at(works: Works, laid: Laid) -> Live:
    """What stands at its address now. NotPublished."""
    address = address_of(laid.case)
    if not address:
        raise NotPublished(case=laid.case.number)
    text = _that_went_out(works, laid)
    return check_live(fetch(address, policy_of(works.office.site)), text.title, text.text)


def _that_went_out(works: Works, laid: Laid) -> Manifest:
    """The version that was published last: another one may lie before the stages since."""
    out = max(releases(laid.case, laid.duty), default=None)
    if out is None or out.manifest == laid.manifest.digest:
        return laid.manifest
    with works.log() as log:
        return Archive(log.connection, log.office).manifest(out.manifest)


def record_look(works: Works, laid: Laid, found: Live) -> bool:
    """Record it, once where it says the same; a page that is not what was signed is waited for until it is mended.

    A page that could not be reached is no verdict: nothing is recorded (False), and it is looked at again; unless
    that would bring the same, or has for weeks.
    """
    if found.state is State.UNREACHABLE and not _stays_unseen(works, laid.case, found):
        return False
    case, step = laid.case, SEEN if found.state is State.LIVE else UNSEEN
    facts = {"address": address_of(case), **facts_of(found)}
    last = last_look(case)
    if last and (last.step, last.happened_on, last.facts) == (step, works.today, facts):
        return True
    key = f"live {case.number} {len(case.entries)}"  # two looks at once, at the same state: one record
    with works.desk.sitting(actor=ACTOR, means=MEANS) as sitting:
        if not sitting.log.known_keys([key]):
            sitting.step(case.number, step, works.today, facts, key=key)
            _tell_column(works, laid, sitting, seen=step == SEEN)
    return True


def _tell_column(works: Works, laid: Laid, sitting: Sitting, *, seen: bool) -> None:
    """A text that is seen on the website updates the column in whose part of it the page stands."""
    published, address = laid.case.last_of(PUBLISHED), address_of(laid.case)
    column = _column_with(works, sitting, address) if seen else None
    if published is None or column is None or column.opening is None:
        return
    key, day = f"column {column.number} {address}", published.happened_on
    if day >= column.opening.happened_on and not sitting.log.known_keys([key]):
        facts = {"title": laid.manifest.title, "address": address}
        sitting.step(column.number, UPDATED, day, facts, key=key)


def _column_with(works: Works, sitting: Sitting, address: str) -> Case | None:
    """The column an address lies in; of one within another the inner one."""
    kinds = [duty.kind for duty in works.duties.values() if duty.step(UPDATED) and duty.field("url")]
    lines = [line for kind in kinds for line in sitting.index.lines_of_kind(kind, works.today)]
    cases = sitting.cases([line.number for line in lines if line.closed_on is None]).values()
    found = [case for case in cases if lies_below(address, str(case.facts.get("url", "")))]
    return max(found, key=lambda case: len(str(case.facts["url"])), default=None)


def weekly(works: Works, told: Told) -> list[tuple[int, Live]]:
    """Look again at every page of the last year, closed cases included: a page can vanish long after.

    One that cannot be looked at stops no other; ``told`` hears of it.
    """
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        since = works.today - LOOKED_AFTER
        numbers = [line.number for kind in _looked_for(works) for line in index.lines_of_kind(kind, since)]
        cases = index.cases(numbers)
    return _all_of(works, cases.values(), told)


def first_looks(works: Works, told: Told) -> list[tuple[int, Live]]:
    """Look at what was published lately, wherever that was recorded, and nobody has looked at yet."""
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        lately = index.lines_of(sorted(log.spoken_of(after=log.end().position - LATELY)))
        cases = index.cases([line.number for line in lately if line.kind in _looked_for(works)])
    new = [case for case in cases.values() if _is_new(case, works.clock.now())]
    return _all_of(works, new, told)


def _is_new(case: Case, now: datetime) -> bool:
    last = case.last_of(*PAGE)
    if last is None or last.step != PUBLISHED:
        return False
    return any(entry.record == last and entry.recorded_at > now - NEW_FOR for entry in case.entries)


def _looked_for(works: Works) -> list[str]:
    """The kinds whose texts are looked for on the website."""
    return [duty.kind for duty in works.duties.values() if duty.step(SEEN) and duty.step(PUBLISHED)]


def _all_of(works: Works, cases: Iterable[Case], told: Told) -> list[tuple[int, Live]]:
    seen = []
    for case in cases:
        try:
            seen += [(case.number, found) for found in _again(works, case)]
        except Exception as fault:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
            told(fault)
    return seen


def _again(works: Works, case: Case) -> Iterator[Live]:
    duty = works.duties.get(case.opening.kind) if case.opening else None
    if duty and address_of(case):
        laid = laid_down(works, case, duty)
        found = look_at(works, laid)
        record_look(works, laid, found)
        yield found


def last_look(case: Case) -> Stepped | None:
    """What was recorded last of its page, where it stands now; None where nobody has looked there yet."""
    last = case.last_of(*PAGE)
    return last if last and last.step != PUBLISHED else None


def _stays_unseen(works: Works, case: Case, found: Live) -> bool:
    last = case.last_of(*PAGE)
    return found.why in FOR_EVER or bool(last and works.today - last.happened_on >= UNSEEN_FOR)
