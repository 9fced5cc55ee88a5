"""The sentences that tell a village what became of its month and its items: one line each, without office words."""

from __future__ import annotations

from bot.language.labels import Labels
from config.declarations.keys import (
    ADDRESS_FIELD,
    LEVEL_FIELD,
    MONTH_FIELD,
    SENT_STEP,
    TITLE_FIELD,
    VILLAGE_FIELD,
)
from config.declarations.villages.item_fields import (
    ADOPTED,
    LEVEL_LABELS,
    MISTAKEN,
    REJECTED,
    TAKEN_UP,
    TOWN_LEVEL,
)
from storage.events.case import Case
from storage.events.events import Closed, Opened, Record, Stepped
from storage.messaging.notice import OutboxNotice

VILLAGE_NEWS = "village_news"
"""The kind of a notice that tells a village something and asks nothing; its rung is the log position of the fact."""
TOLD_STEPS = frozenset({TAKEN_UP, ADOPTED, REJECTED, MISTAKEN, SENT_STEP})
"""The steps of an item, and of the bulletin, of which villages are told."""


def is_news(record: Record) -> bool:
    """Whether a village is told of this fact about its month or its item."""
    return isinstance(record, Opened | Closed) or (isinstance(record, Stepped) and record.step in TOLD_STEPS)


def village_news_sentence(labels: Labels, case: Case, notice: OutboxNotice) -> str:
    """The sentence of a notice; its basis holds what was computed when it was queued, such as the points."""
    record = next((one for place, one in case.timeline if str(place) == notice.rung), None)
    if record is None:
        return labels.book.say("notice.nothing")
    words = {
        "village": labels.place(str(case.facts.get(VILLAGE_FIELD, ""))),
        "month": _month_number(str(case.facts.get(MONTH_FIELD, ""))),
        "number": case.number,
        "title": case.facts.get(TITLE_FIELD, ""),
    }
    key, more = _fact_words(labels, record, notice)
    return labels.book.say(f"notice.village.{key}", **{**words, **more})


def _month_number(reference: str) -> str:
    """11 of 2026-11, as people say it."""
    return reference.rpartition("-")[2].lstrip("0")


def _fact_words(labels: Labels, record: Record, notice: OutboxNotice) -> tuple[str, dict[str, object]]:
    if isinstance(record, Opened):
        count, _, day = notice.basis.partition(" ")
        return ("opened" if int(count or 0) else "opened_open"), {"count": count, "day": day}
    if isinstance(record, Closed):
        count, _, points = notice.basis.partition(" ")
        key = f"closed_{record.outcome}"
        return key, {"count": count, "points": _points_words(labels, points)}
    facts = record.facts if isinstance(record, Stepped) else {}
    step = record.step if isinstance(record, Stepped) else ""
    level, address = str(facts.get(LEVEL_FIELD, "")), str(facts.get(ADDRESS_FIELD, ""))
    if step == ADOPTED and level == TOWN_LEVEL and address:
        return "published", {"address": address}
    if step == SENT_STEP:
        return "bulletin", _bulletin_words(labels, notice)
    reason = facts.get("reason", "")
    return step, {"reason": reason, "level": LEVEL_LABELS.get(level, level), "address": address}


def bulletin_basis(village: str, items: int, adopted: int, points: str, rank: int | None) -> str:
    """What a notice keeps of a village's row in a bulletin."""
    return f"{village} {items} {adopted} {points or '-'} {rank or '-'}"


def _bulletin_words(labels: Labels, notice: OutboxNotice) -> dict[str, object]:
    village, items, adopted, points, rank = notice.basis.split(" ")
    say = labels.book.say
    return {
        "village": labels.place(village),
        "items": items,
        "adopted": adopted,
        "points": _points_words(labels, points.strip("-")),
        "rank": say("notice.village.rank", rank=rank) if rank != "-" else "",
    }


def _points_words(labels: Labels, points: str) -> str:
    return labels.book.say("notice.village.points", points=points) if points else ""
