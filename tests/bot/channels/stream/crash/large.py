"""``make proof``: 200 messages and presses on each platform under 20 ``kill -9`` and 20 cuts of the line."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bot.channels.stream.crash.kills import Outcome, forking, send_under_kills

MESSAGES, KILLS, CUTS, SEED = 200, 20, 20, 20_261_129


def _sent(platform: str, mode: str = "") -> Outcome:
    with tempfile.TemporaryDirectory() as folder, forking() as forks:
        found = send_under_kills(
            Path(folder), platform, forks, messages=MESSAGES, kills=KILLS, cuts=CUTS, seed=SEED, mode=mode
        )
    print(  # noqa: T201
        f"{MESSAGES} messages and presses on {platform} {mode} under {KILLS} kills and {CUTS} cuts: {found.lost} lost, "
        f"{found.unnoticed} of them unnoticed, {found.unasked} people not asked again, {found.doubled} doubled"
    )
    return found


def prove_feishu() -> bool:
    """Feishu keeps what is not acknowledged: none lost, none doubled."""
    found = _sent("feishu")
    return (found.lost, found.doubled) == (0, 0)


def prove_wecom() -> bool:
    """WeCom acknowledges nothing: none doubled, and what was lost was noticed and asked for."""
    found = _sent("wecom")
    return (found.doubled, found.unnoticed, found.unasked) == (0, 0, 0)


def prove_dingtalk() -> bool:
    """DingTalk keeps nothing for an absent line: none doubled, and what was lost was noticed and asked for."""
    found = _sent("dingtalk")
    return (found.doubled, found.unnoticed, found.unasked) == (0, 0, 0)


def control_confirming() -> bool:
    """Negative control: whoever acknowledges before storing must lose some, or the kills prove nothing."""
    return _sent("feishu", "confirming").lost > 0


PROOFS: tuple[Callable[[], bool], ...] = (prove_feishu, prove_wecom, prove_dingtalk, control_confirming)
