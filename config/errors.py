"""The errors of the program, drawn as one tree.

    GongkaiError
    ├── Refusal        it may not be done: names the rule and the next possible step    exit 1
    │   ├── BadInput   what was given does not add up: carries every finding at once    exit 1
    │   └── Unreadable what was given cannot be read at all                             exit 2
    └── Damage         the log or a backup is not what was written                      exit 1

Each class's docstring is the English sentence a person reads, with its words in braces; the Chinese one
stands in the phrase book under ``error.<ClassName>``. A fault of the program itself is none of these: it
flies, is logged with its trace, and the person is told where the log is.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import ClassVar, Self

from config.findings import Finding


class GongkaiError(Exception):
    """Something went wrong: {what}."""

    exit_code: ClassVar[int] = 1

    def __init__(self, **words: object) -> None:
        self.words = {key: str(value) for key, value in words.items()}
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").format_map(_LenientWords(self.words)))

    @classmethod
    def for_reason(cls, reason: str, sentences: tuple[str, str], **words: object) -> Self:
        """The refusal for a reason: its key, why and what next in English, and the words both are said with."""
        why, next_step = (sentence.format_map(words) for sentence in sentences)
        return cls(reason=reason, why=why, next_step=next_step, **words)


class _LenientWords(dict[str, str]):
    """A missing word shows its name instead of hiding the sentence behind a second error."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Refusal(GongkaiError):
    """{what} may not be done. {next_step}"""


class BadInput(Refusal):
    """{file} was not taken in: {count} findings. Nothing was written; mend them and try again."""

    def __init__(self, findings: Sequence[Finding], **words: object) -> None:
        self.findings = tuple(findings)
        super().__init__(count=len(findings), **words)


class HeldBack(Refusal):
    """The text was not laid down: it holds what must not go out. Mend it, then lay it down again. {findings}"""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(findings=", ".join(finding.place for finding in findings))


class Unreadable(Refusal):
    """{file} cannot be read: {why}. {next_step}"""

    exit_code = 2


class Damage(GongkaiError):
    """{what} is not what was written: {why}. {next_step}"""
