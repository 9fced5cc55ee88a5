"""What a look at a published page found, in words: what is so, where it differs, and what to do about it.

The same lines stand on the command line, on the page of a text and on a card; what was recorded of a look says them
again.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.language.phrasebook import Phrasebook
from storage.events.events import Facts
from storage.web.http_results import FOR_EVER, Why
from storage.web.publication_check import NO_PAGE, Live, State

MOST_WHY = 100  # characters of the first missing paragraph: enough to find it by
_LASTING = frozenset({*FOR_EVER, Why.REDIRECTED_AWAY, Why.TOO_LARGE, NO_PAGE})
"""Reasons with a next step of their own: another look would bring the same."""


def live_lines(found: Live, book: Phrasebook, asked: str = "") -> Iterator[str]:
    """The lines of a look; ``asked`` is the address that was recorded, where the page may stand at another."""
    say = book.say
    yield say(f"live.state.{found.state}", status=found.status)
    if asked and found.url != asked:
        yield say("live.redirected", url=found.url)
    if found.why:
        yield say("live.because", why=say(f"live.why.{found.why}", status=found.status))
    for part in ("title_now", "missing", "added"):
        if words := getattr(found, part)[:MOST_WHY]:
            yield say(f"live.{part}", **{part: words})
    if step := _next(found):
        yield say(f"live.next.{step}")


def facts_of(found: Live) -> dict[str, str | int]:
    """What is recorded of a look, beside the address."""
    if found.state is State.LIVE:
        return {"added": found.added[:MOST_WHY]} if found.added else {}
    why = found.missing or found.title_now or (str(found.status) if found.status else "")
    told = {"state": str(found.state), "reason": str(found.why), "why": why[:MOST_WHY]}
    return {key: value for key, value in told.items() if value}


def found_in(facts: Facts) -> Live:
    """The look as it was recorded."""
    told = {key: str(value) for key, value in facts.items()}
    state, why = State(told.get("state", State.LIVE)), told.get("why", "")
    status = int(why) if state in {State.VANISHED, State.UNREACHABLE} and why.isdecimal() else 0
    return Live(
        state=state,
        url=told.get("address", ""),
        why=told.get("reason", ""),
        status=status,
        missing=why if state is State.CHANGED else "",
        title_now=why if state is State.TITLE_CHANGED else "",
        added=told.get("added", ""),
    )


def _next(found: Live) -> str:
    if found.state is State.LIVE:
        return "added" if found.added else ""
    return found.why if found.why in _LASTING else str(found.state)
