"""``make proof``: 500 presses under 50 ``kill -9``, by polling and by webhook, and what is lost where confirming comes first."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bot.channels.telegram.crash.kills import Outcome, press_under_kills

PRESSES, KILLS, SEED = 500, 50, 20_261_123


def _pressed(mode: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        found = press_under_kills(Path(folder), presses=PRESSES, kills=KILLS, mode=mode, seed=SEED)
    print(  # noqa: T201
        f"{PRESSES} presses under {KILLS} kills, {mode}: {found.lost} lost, {found.doubled} doubled, "
        f"{found.unfounded} told of without being there; {found.at_work} kills met presses still waiting"
    )
    return found


def prove_polling() -> bool:
    """Polling: none lost, none doubled."""
    found = _pressed("polling")
    return (found.lost, found.doubled, found.unfounded) == (0, 0, 0) and found.at_work > 0


def prove_webhook() -> bool:
    """Webhook: none lost, none doubled."""
    found = _pressed("webhook")
    return (found.lost, found.doubled, found.unfounded) == (0, 0, 0) and found.at_work > 0


def control_confirming() -> bool:
    """Negative control: whoever confirms before storing must lose some, or the kills prove nothing."""
    return _pressed("confirming").lost > 0


PROOFS: tuple[Callable[[], bool], ...] = (prove_polling, prove_webhook, control_confirming)
