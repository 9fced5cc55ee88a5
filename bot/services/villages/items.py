"""The items that villages send: proposed from what came, checked, handed in, handed in again, and what is missing.

For whoever gathers messages (nothing else is needed; ``app`` is the ``OfficeApp``, ``uow`` an open unit of work):

    prepare_file(name, content) -> PreparedFile         # outside every writing transaction: it opens pictures
        # files of a chat are prepared as they are fetched: prepared_files(rows) of bot/dialog/incoming_files.py
    propose_item(app, person, texts, files, said_at, *, means=MESSAGE, log=None, again=False) -> ItemProposal
        # .draft: ItemDraft(village, month, title, body, files, said_on, by, means); replace() it to change a part
        # .villages / .months: more than one where it must be asked; the draft has the first of each
    check_item(app, draft) -> tuple[Finding, ...]       # blocking ones first; report_item refuses those by HeldBack
    returned_items(app, person, log=None) -> tuple[ReturnedItem, ...]   # number, village, month, title, reason, day
    missing_items(app, village, month, log=None) -> int # 0 where enough came, or 零报送
    reporting_villages(app, person, log=None) -> tuple[Village, ...]    # for which a person may report

and from ``bot/services/villages/item_records.py``, within a transaction:

    report_item(app, uow, draft) -> int                 # the number of the item's case; ItemKnown where it was sent
    resubmit_item(app, uow, case, draft)                # NotReturned where it does not wait for its village
    withdraw_item(app, uow, case)                       # by its village, while it is not received
    item_content(connection, app, case) -> ItemContent  # title, body, files of an item as it stands, to edit it

Pass ``log`` (``Log(connection, office)``) where a transaction is open; without it the office's log is read apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from bot.services.app import OfficeApp
from config.clock import office_day
from config.declarations.duty import Duty
from config.declarations.keys import MONTH_FIELD, TITLE_FIELD, VILLAGE_FIELD, VILLAGE_ITEM_KIND
from config.declarations.villages.item_fields import MESSAGE
from config.errors import Refusal
from config.findings import Finding
from config.office.model import Village
from scheduler.sweep.village_months import next_opening
from scheduler.villages.months import (
    VillageMonth,
    month_before,
    month_reference,
    read_month,
    village_month_reference,
    village_rounds,
)
from scheduler.worklist.case_stages import sent_back_step
from scheduler.worklist.readers import villages_of
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar, office_events
from storage.events.case import Case
from storage.events.delegations import fold_absences
from storage.proofread.review import Manuscript, proofread_text
from storage.reading.texts.handed_in_file import PreparedFile, prepare_file

__all__ = ["PreparedFile", "prepare_file"]  # with everything that is declared here

MAX_FILES = 9  # photographs and files of one item: as many as one message of a chat takes
MAX_TITLE = (
    60  # characters; a longer first line is the beginning of the text, and its first sentence the title
)
MAX_BODY = 20_000  # characters
_SAID_BEFORE = re.compile(r"^\s*(?:报一条|报送|我报|我村报|投稿)\s*[:：,，]?\s*")
_SENTENCE_END = re.compile(r"(?<=[。！？!?；;])")


class NotYourVillage(Refusal):
    """{post} reports for no village. The clerk can enter an item in a village's name on the page of the month."""


class NoMonthOpen(Refusal):
    """{village} has no open month for {month}; the next opens on {opens}. The clerk can enter an item of before."""


class NoReportsAsked(NoMonthOpen):
    """{village}: this office asks its villages for no reports. Settings says which villages report."""


class NoTitle(Refusal):
    """The item has no words yet. Write what happened in one sentence; it becomes the title."""


class TooManyFiles(Refusal):
    """An item has at most {most} photographs and files; {count} came. Leave some out, or send a second item."""


class TextTooLong(Refusal):
    """The text has {count} characters; an item has at most {most}. Send it as a file, or shorten it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An item as it would be handed in; nothing of it is recorded."""

    village: str
    """The id of the village."""
    month: date
    """The first day of the month it counts for."""
    title: str
    body: str = ""
    files: tuple[PreparedFile, ...] = ()
    said_on: date
    """The day on which it was said, by which the village is judged."""
    by: str
    """The id of whoever handed it in."""
    means: str = MESSAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProposal:
    """An item as the program read it, and what must be asked before it is handed in."""

    draft: ItemDraft
    villages: tuple[Village, ...]
    """The villages it can be for; ask where there is more than one."""
    months: tuple[date, ...]
    """The months it can count for, by their first days; ask where there is more than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedItem:
    """An item that was sent back and waits for its village."""

    number: int
    village: str
    month: str
    title: str
    reason: str
    returned_on: date


def propose_item(
    app: OfficeApp,
    person: str,
    texts: Sequence[str],
    files: Sequence[PreparedFile],
    said_at: datetime,
    *,
    means: str = MESSAGE,
    log: Log | None = None,
    again: bool = False,
) -> ItemProposal:
    """Read an item from messages: its title is the first line, its month the one of the day on which it was said.

    One that is sent ``again`` keeps its month, open or not.

    Raises NotYourVillage, NoMonthOpen, NoTitle, TooManyFiles and TextTooLong.
    """
    said_on = office_day(said_at)
    title, body = title_and_body([*texts, *(file.words for file in files)])
    with _opened(app, log) as opened:
        villages = reporting_villages(app, person, opened)
        if not villages:
            raise NotYourVillage(post=app.office.post_of(person))
        months = open_months(app, villages[0].id, said_on, opened)
        if not months and not again:
            raise no_month_open(app, villages[0].name, said_on, opened)
    draft = ItemDraft(
        village=villages[0].id,
        month=months[0] if months else said_on.replace(day=1),
        title=title,
        body=body,
        files=tuple(files),
        said_on=said_on,
        by=person,
        means=means,
    )
    require_sendable(draft)
    return ItemProposal(draft=draft, villages=villages, months=months)


def title_and_body(texts: Sequence[str]) -> tuple[str, str]:
    """The title and the text of what was written; the title is the first line, of a long one its first sentence."""
    lines = [line.strip() for text in texts for line in _SAID_BEFORE.sub("", text).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return "", ""
    first = lines[0]
    if len(first) <= MAX_TITLE:
        return first.rstrip("。；;，,"), "\n".join(lines[1:])
    sentence = _SENTENCE_END.split(first, maxsplit=1)[0][:MAX_TITLE]
    return sentence.rstrip("。；;，,"), "\n".join(lines)


def reporting_villages(app: OfficeApp, person: str, log: Log | None = None) -> tuple[Village, ...]:
    """The villages for which a person reports: as reporter or leader, as their deputy or their successor."""
    with _opened(app, log) as opened:
        absences = fold_absences(office_events(opened))
    found = villages_of(absences.acting_as(person, app.today), app.office, absences)
    return tuple(village for village in found if village.exists_on(app.today))


def open_months(app: OfficeApp, village: str, said_on: date, log: Log | None = None) -> tuple[date, ...]:
    """The months for which an item of this day can count, the one that still misses something first.

    The month of the day, and the one before it while its grace lasts.
    """
    this = said_on.replace(day=1)
    with _opened(app, log) as opened:
        found = {
            first: month
            for first in (month_before(this), this)
            if (month := _village_month(app, village, first, opened))
            and (said_on <= month.last or (first == this and month.closing is None))
        }
    return tuple(sorted(found, key=lambda first: (_missing(found[first]) == 0, first)))


def no_month_open(app: OfficeApp, village: str, month: date, log: Log) -> NoMonthOpen:
    """The refusal of an item for which no month is open, with the day on which the next one opens."""
    opens = next_opening(app.recorder, log.connection, app.today)
    if opens is None:
        return NoReportsAsked(village=village)
    return NoMonthOpen(village=village, month=month_reference(month), opens=opens)


def missing_items(app: OfficeApp, village: str, month: date, log: Log | None = None) -> int:
    """How many items a village still owes for a month; 0 where enough came, or where it declared that it has none."""
    with _opened(app, log) as opened:
        found = _village_month(app, village, month, opened)
    return _missing(found) if found else 0


def check_item(app: OfficeApp, draft: ItemDraft) -> tuple[Finding, ...]:
    """What the text checks say of an item: what blocks it first."""
    return proofread_text(item_manuscript(draft), app.office, app.wordlist())


def returned_items(app: OfficeApp, person: str, log: Log | None = None) -> tuple[ReturnedItem, ...]:
    """The items that wait for this person's villages because they were sent back, the oldest first."""
    with _opened(app, log) as opened:
        villages = {village.id for village in reporting_villages(app, person, opened)}
        index = CaseProjections(opened.connection, opened.office, app.duties)
        lines = [line for line in index.lines_of_kind(VILLAGE_ITEM_KIND, app.today) if line.closed_on is None]
        cases = index.cases([line.number for line in lines]).values()
    mine = [case for case in cases if str(case.facts.get(VILLAGE_FIELD)) in villages]
    return tuple(_returned(mine, app.duties[VILLAGE_ITEM_KIND]))


def require_sendable(draft: ItemDraft) -> None:
    """Raise NoTitle, TooManyFiles or TextTooLong where an item cannot be handed in so."""
    if not draft.title.strip():
        raise NoTitle
    if len(draft.files) > MAX_FILES:
        raise TooManyFiles(most=MAX_FILES, count=len(draft.files))
    if len(draft.body) > MAX_BODY:
        raise TextTooLong(count=len(draft.body), most=MAX_BODY)


def item_manuscript(draft: ItemDraft) -> Manuscript:
    """The input of the text checks: all its words, those of its documents too."""
    body = "\n".join([draft.body, *(file.words for file in draft.files if file.words not in draft.body)])
    names = tuple(f"{file.name} {file.alt}".strip() for file in draft.files)
    return Manuscript(title=draft.title, body=body.strip(), attachments=names)


def _village_month(app: OfficeApp, village: str, month: date, log: Log) -> VillageMonth | None:
    duty, names = village_rounds(app.duties)[0]
    index = CaseProjections(log.connection, log.office, app.duties)
    reference = village_month_reference(month, village)
    number = index.find(duty.kind, [reference]).get(reference)
    case = index.cases([number])[number] if number else None
    if case is None or case.opening is None:
        return None
    return read_month(case, case.opening, duty, names, known_calendar(app.calendar, log))


def _missing(month: VillageMonth) -> int:
    declared = month.reported_on is not None and not month.items
    return 0 if declared else max(0, month.minimum - month.items)


def _returned(cases: Sequence[Case], duty: Duty) -> Iterator[ReturnedItem]:
    for case in cases:
        if step := sent_back_step(case, duty):
            yield ReturnedItem(
                number=case.number,
                village=str(case.facts[VILLAGE_FIELD]),
                month=str(case.facts[MONTH_FIELD]),
                title=str(case.facts[TITLE_FIELD]),
                reason=str(step.facts.get("reason", "")),
                returned_on=step.happened_on,
            )


@contextmanager
def _opened(app: OfficeApp, log: Log | None) -> Iterator[Log]:
    if log is not None:
        yield log
        return
    with app.log() as opened:
        yield opened
