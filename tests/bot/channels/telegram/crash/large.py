"""``make proof``: 500 presses and ten items under ``kill -9``, and what is lost where confirming comes first."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bot.channels.telegram.crash.kills import Outcome, press_under_kills
from tests.bot.channels.telegram.crash.story import tell_story

PRESSES, KILLS, SEED = 500, 50, 20_261_123
TELLINGS = 10


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


def prove_items() -> bool:
    """An item from its photographs to the page and the bulletin: nothing lost or doubled, no second card."""
    whole = 0
    for seed in range(TELLINGS):
        with tempfile.TemporaryDirectory() as folder:
            whole += tell_story(Path(folder), seed=seed).whole
    print(f"{TELLINGS} items to the page under kills after each step: {whole} whole")  # noqa: T201
    return whole == TELLINGS


PROOFS: tuple[Callable[[], bool], ...] = (
    prove_polling,
    prove_webhook,
    control_confirming,
    prove_items,
)
