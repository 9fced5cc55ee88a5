"""``make proof``: the large seeded runs, each with a negative control. Prints figures; exit 1 when one fails.

Its figures are kept in ``docs/proof.md``; a small sample of each runs in ``make test``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from config.declarations.requests.outcomes import OUTCOMES
from config.duties.request import APPLICANT_KINDS
from storage.eventlog.log import row_faults
from storage.events.codec import GENESIS, canonical_entry, fingerprint
from storage.events.events import Closed, LogEntry, Opened, Record, Stepped
from storage.events.office_events import Counted
from tests.bot.channels.stream.crash.large import PROOFS as STREAM_PROOFS
from tests.bot.channels.telegram.crash.large import PROOFS as PRESS_PROOFS
from tests.bot.channels.web.browser.proofs import PROOFS as PAGE_PROOFS
from tests.bot.dispatch.proofs import PROOFS as TALK_PROOFS
from tests.bot.dispatch.utterances.proofs import PROOFS as UTTERANCE_PROOFS
from tests.scheduler.delivery.large import PROOFS as SENDER_PROOFS
from tests.scheduler.reminders.proofs import REMINDER_PROOFS
from tests.scheduler.signoff.model.proofs import PROOFS as SIGNATURE_PROOFS
from tests.storage.eventlog.rosters_of_days import PROOFS as ROSTER_PROOFS
from tests.storage.eventlog.tampering import flips, numbered, unseen_moves
from tests.storage.proofread.large import PROOFS as TEXT_PROOFS
from tests.storage.report_checks.proofs import PROOFS as CHECK_PROOFS

EVENTS, SEED, OFFICE = 2_000, 20_261_123, "town"


def sealed_log(size: int = EVENTS, seed: int = SEED) -> list[LogEntry]:
    """A log of requests and register entries, sealed as the program seals it."""
    chance, entries, before = random.Random(seed), [], GENESIS  # noqa: S311 - no secret
    for place in range(1, size + 1):
        entry = LogEntry(
            office=OFFICE,
            position=place,
            recorded_at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=place),
            actor="clerk",
            means="import",
            key=f"at {place}",
            record=_record(place, chance),
            hash="",
        )
        before = fingerprint(before, canonical_entry(entry))
        entries.append(replace(entry, hash=before))
    return entries


def _record(place: int, chance: random.Random) -> Record:
    day = date(2025, 1, 1) + timedelta(days=chance.randrange(365))
    kinds, outcomes = sorted(APPLICANT_KINDS), [outcome.key for outcome in OUTCOMES]
    return chance.choice(
        (
            Opened(
                case=place,
                happened_on=day,
                kind="request",
                reference=f"召公开〔2025〕{place}号",
                facts={"applicant_kind": chance.choice(kinds)},
            ),
            Stepped(case=place, happened_on=day, step="extended", facts={"days": chance.randrange(1, 21)}),
            Closed(case=place, happened_on=day, outcome=chance.choice(outcomes)),
            Counted(happened_on=day, matter="licence", quantity=chance.randrange(100)),
        )
    )


def prove_bytes() -> bool:
    """Flip every byte of every entry and of every hash; all must be found."""
    tried, missed = flips(sealed_log(), OFFICE)
    print(f"every byte of {EVENTS} events flipped: {tried:,} tried, {tried - len(missed):,} found")
    return not missed


def prove_moves() -> bool:
    """Delete, double and swap every row; all must be found."""
    tried, missed = unseen_moves(sealed_log(), OFFICE)
    print(
        f"every row of {EVENTS} deleted, doubled, swapped with the next: {tried:,} tried, {tried - len(missed):,} found"
    )
    return not missed


def control_bytes() -> bool:
    """Negative control: a walk that does not hash must miss flips, or the proof above proves nothing."""
    entries = sealed_log(50)
    blind = sum(not _blind_faults(entries, place) for place in range(len(entries)))
    print(f"control, hashes not compared: {blind} of {len(entries)} changes go unseen")
    return blind > 0


def _blind_faults(entries: Sequence[LogEntry], place: int) -> bool:
    entry = entries[place]
    row = numbered(canonical_entry(entry).replace("2025-", "2024-"), entry)
    row = row._replace(hash=fingerprint(GENESIS, row.body))
    return any(fault.what != "changed" for fault in row_faults(row, place, GENESIS, OFFICE))  # type: ignore[arg-type]


PROOFS: tuple[Callable[[], bool], ...] = (
    prove_bytes,
    prove_moves,
    control_bytes,
    *TEXT_PROOFS,
    *CHECK_PROOFS,
    *SENDER_PROOFS,
    *PRESS_PROOFS,
    *STREAM_PROOFS,
    *PAGE_PROOFS,
    *TALK_PROOFS,
    *UTTERANCE_PROOFS,
    *REMINDER_PROOFS,
    *SIGNATURE_PROOFS,
    *ROSTER_PROOFS,
)


def main() -> int:
    """Run every proof."""
    failed = [proof.__name__ for proof in PROOFS if not proof()]
    print("all hold" if not failed else f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
