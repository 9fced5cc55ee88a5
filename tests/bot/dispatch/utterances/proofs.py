"""``make proof``: 200,000 sentences of the oracle, none of which may be read as a plain statement; with a control."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from bot.utterances.moods import MoodReader
from tests.bot.dispatch.utterances.oracle import sentences, would_record
from tests.bot.dispatch.utterances.stage import Stage, open_stage

SENTENCES, SAID, CONTROLS, SEED = 200_000, 2_000, 4_000, 20_261_129
PEOPLE = ("保密员", "镇长", "己报", "文书", "副主任")


def prove_sentences(count: int = SENTENCES) -> bool:
    """None of the sentences is read as a command that records; of those said to the dispatcher, none records."""
    with tempfile.TemporaryDirectory() as folder, open_stage(Path(folder)) as stage:
        begun = time.process_time()
        misread = _misread(stage, count)
        recorded = [
            built
            for place, built in enumerate(sentences(SAID, SEED + 1))
            if stage.hear(PEOPLE[place % len(PEOPLE)], built.text).recorded
        ]
        took = time.process_time() - begun
    print(  # noqa: T201
        f"{count:,} sentences in moods read: {misread:,} taken for plain statements; {SAID:,} of them said: "
        f"{len(recorded):,} recorded anything ({took:.0f} s of processor)"
    )
    return not misread and not recorded


def control_sentences() -> bool:
    """Negative control: a reader for which no word beside a verb counts must take many for plain statements."""
    deaf = patch.object(MoodReader, "words_beside", lambda _self, _words: "")
    with tempfile.TemporaryDirectory() as folder, open_stage(Path(folder)) as stage, deaf:
        misread = _misread(stage, CONTROLS)
    print(f"sentences, control: words beside a verb do not count: {misread:,} of {CONTROLS:,} misread")  # noqa: T201
    return misread > 0


def _misread(stage: Stage, count: int) -> int:
    reader = stage.talk.conversation.reader
    return sum(would_record(reader, built) for built in sentences(count, SEED))


PROOFS: tuple[Callable[[], bool], ...] = (prove_sentences, control_sentences)
