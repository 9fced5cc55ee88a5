"""Queues what those hear whose signatures on a bulletin a recount voided; whoever wrote it has it as a task again."""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.digest import SIGNATURE_VOIDED
from bot.services.app import OfficeApp
from bot.services.bulletins import bulletin_kinds
from scheduler.recording.case_commands import PROGRAM
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.signoff.approval_state import signer_ids
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.events.approvals import ApprovalHistory
from storage.events.case import Case
from storage.events.events import Approval, LogEntry, Returned
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox


def queue_voided_signatures(app: OfficeApp) -> int:
    """Queue a notice for each signature that a recount voided and nobody was told of yet. Returns how many."""
    kind = bulletin_kinds(app).bulletin_duty.kind
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        numbers = [line.number for line in index.lines_of_kind(kind, app.today) if line.closed_on is None]
        voided = [(case, *one) for case in index.cases(numbers).values() for one in _voided_signatures(case)]
        calendar = known_calendar(app.calendar, log)
    if not voided:
        return 0
    now = app.clock.now()
    times = DeliveryTimes(now=now, calendar=calendar, hours=app.office.hours)
    notices = [
        OutboxNotice(
            person=person,
            case=case.number,
            what=SIGNATURE_VOIDED,
            rung=str(entry.position),
            basis="",
            created_at=now,
            not_before=times.decision(),
        )
        for case, entry, person in voided
    ]
    with app.store.writing(app.office.slug) as connection:
        return Outbox(connection, app.office.slug).put(notices)


def _voided_signatures(case: Case) -> Iterator[tuple[LogEntry, str]]:
    """Yield each return of the program, with each person who had signed or overridden by then."""
    text = ApprovalHistory()
    for entry in case.entries:
        if isinstance(entry.record, Returned) and entry.record.by == PROGRAM:
            yield from ((entry, one) for one in sorted(signer_ids(text.signed, text.valid_overrides)))
        if isinstance(entry.record, Approval):
            text = text.apply(entry.record)
