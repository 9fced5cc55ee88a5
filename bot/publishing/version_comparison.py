"""Compares two versions of a text paragraph by paragraph, so that whoever signs again sees what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from storage.events.events import Approval, Drafted, Rejected, Returned

MAX_COMPARED = 4000  # paragraphs of a version: more are not compared but shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """One row of two versions side by side; an empty side has nothing there."""

    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether the two sides differ."""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStep:
    """Two versions that followed each other, and why the earlier one came back."""

    number: int
    """The number of the later version."""
    before: str
    after: str
    """The digests of the two manifests."""
    returned: tuple[Returned | Rejected, ...]


def version_steps(approvals: Sequence[Approval]) -> tuple[VersionStep, ...]:
    """The steps from each version to the next, in their order."""
    steps: list[VersionStep] = []
    last, number, returned = "", 0, []
    for fact in approvals:
        if isinstance(fact, Returned | Rejected):
            returned.append(fact)
        elif isinstance(fact, Drafted):
            number += 1
            if last and last != fact.manifest:
                steps.append(
                    VersionStep(number=number, before=last, after=fact.manifest, returned=tuple(returned))
                )
            last, returned = fact.manifest, []
    return tuple(steps)


def compare_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[ComparedRow]:
    """Yield the paragraphs of two versions side by side; those that were replaced stand in one row."""
    if max(len(before), len(after)) > MAX_COMPARED:
        before, after = before[:MAX_COMPARED], after[:MAX_COMPARED]
    matcher = SequenceMatcher(None, list(before), list(after), autojunk=False)
    for _tag, first, last, start, end in matcher.get_opcodes():
        left, right = before[first:last], after[start:end]
        for at in range(max(len(left), len(right))):
            yield ComparedRow(
                before=left[at] if at < len(left) else "", after=right[at] if at < len(right) else ""
            )
