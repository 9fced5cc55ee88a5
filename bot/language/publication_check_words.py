"""Renders the result of checking a published page: its state, the differences, and the next step.

The command line, the page of a text and a card show the same lines, also from a recorded result.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.phrasebook import Phrasebook
from storage.events.events import Facts
from storage.web.http_results import PERMANENT_REASONS, FailureReason
from storage.web.publication_check import NO_PAGE, PublicationCheck, PublicationState

MAX_PARAGRAPH_SHOWN = 100  # characters of the first missing paragraph: enough to find it by
_LASTING_REASONS = frozenset(
    {*PERMANENT_REASONS, FailureReason.REDIRECTED_AWAY, FailureReason.TOO_LARGE, NO_PAGE}
)
"""Reasons with a next step of their own: another check would give the same result."""


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
