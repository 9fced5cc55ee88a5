"""``make proof``: a million payloads and a hundred thousand texts that anybody might send, each with a control."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from bot.dialog.incoming import IncomingUpdate, sanitized_update
from bot.dispatch import dispatcher
from storage.messaging import callback_tokens
from tests.bot.dispatch.fuzz import Found, Fuzz, fuzz, kinds
from tests.bot.dispatch.late_fuzz import late_texts

PRESSES, TEXTS, CONTROLS, SEED = 1_000_000, 100_000, 2_000, 20_261_125


def _tried(what: str, work: Callable[[Fuzz], Found], seed: int = SEED) -> Found:
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        found = work(fuzz(Path(folder), seed))
    took = time.process_time() - begun
    print(  # noqa: T201
        f"{found.tried:,} {what}: {found.recorded:,} recorded by right, {len(found.wrong):,} effects that should not be, "
        f"{len(found.faults):,} faults ({took:.0f} s of processor)"
    )
    for line in list(kinds(found))[:5]:
        print(f"    {line}")  # noqa: T201
    return found


def prove_presses(count: int = PRESSES) -> bool:
    """None of the payloads is its sender's to press: nothing is recorded, nobody is told, nothing fails."""
    found = _tried("payloads pressed", lambda mind: mind.presses(count))
    return found.clean and not found.recorded


def prove_texts(count: int = TEXTS) -> bool:
    """What is recorded is the speaker's own right, and nothing fails."""
    found = _tried("texts said", lambda mind: mind.texts(count))
    return found.clean and found.recorded > 0


def prove_late_texts(count: int = TEXTS) -> bool:
    """What was passed on acts for nobody, words decide only about what was seen, and facts bear their day."""
    found = _tried("texts passed on, late and out of order", lambda mind: late_texts(mind, count))
    return found.clean and found.recorded > 0


def control_late_texts() -> bool:
    """Negative control: where everything counts as said just now, words must sign what came after them."""
    with patch.object(dispatcher, "sanitized_update", _as_if_said_now):
        return not _tried(
            "late texts, control: all count as said just now", lambda mind: late_texts(mind, CONTROLS)
        ).clean


def control_presses() -> bool:
    """Negative control: a handle that asks nobody whose it is must let somebody act."""
    with patch.object(callback_tokens.CallbackTokens, "peek", _whoever_s):
        return not _tried(
            "presses, control: whose a handle is, is not asked", lambda mind: mind.presses(CONTROLS)
        ).clean


def control_texts() -> bool:
    """Negative control: whoever takes a group for a private chat must record what was said among others."""
    with patch.object(dispatcher, "sanitized_update", _as_if_private):
        return not _tried(
            "texts, control: groups are taken for private chats", lambda mind: mind.texts(CONTROLS)
        ).clean


def _as_if_private(update: IncomingUpdate) -> IncomingUpdate:
    return replace(sanitized_update(update), private=True)


def _as_if_said_now(update: IncomingUpdate) -> IncomingUpdate:
    return replace(sanitized_update(update), said_at=None)


def _whoever_s(
    self: callback_tokens.CallbackTokens, token: str, person: str, *, at: object
) -> callback_tokens.CallbackAction:
    del person, at
    query = callback_tokens.select(callback_tokens.CALLBACK_TOKENS).where(
        callback_tokens.CALLBACK_TOKENS.c.token == callback_tokens.hash_secret(token[:64])
    )
    row = self.connection.execute(query).first()
    if row is None:
        raise callback_tokens.HandleUnknown
    return callback_tokens._action_from_row(row)  # the same but for the question


PROOFS: tuple[Callable[[], bool], ...] = (
    prove_presses,
    prove_texts,
    prove_late_texts,
    control_presses,
    control_texts,
    control_late_texts,
)
