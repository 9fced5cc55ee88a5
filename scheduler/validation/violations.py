"""The violations for which a fact is refused: what is wrong, by which article, and what to do instead.

Each class is one sentence, here in English and in the phrase book in Chinese. A ``Violation`` is a value, so that
two validations can be compared and only the new violations are raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from config.errors import Refusal


class UnknownKind(Refusal):
    """“{kind}” is no kind of case. Known: {known}."""


class NotAllowed(Refusal):
    """“{step}” cannot be recorded so ({article})."""


class NoOpening(NotAllowed):
    """The case has no opening. Record first how and when it was received."""


class SecondOpening(NotAllowed):
    """The case already begins on {opened_on}. Open a new case, or correct the opening."""


class UnknownStep(NotAllowed):
    """“{found}” is no step of {duty}. Known here: {known_labels} ({known})."""


class UnknownOutcome(NotAllowed):
    """“{found}” is no result of {duty}. Known here: {known_labels} ({known})."""


class UnknownField(NotAllowed):
    """“{step}” has no field “{found}”. Known here: {known_labels} ({known})."""


class FieldMissing(NotAllowed):
    """“{step}” needs “{label}” ({article}). Fill it in and record it again."""


class NotPossible(NotAllowed):
    """“{step}” cannot be where the case says “{why}” ({article}). Correct the one that is wrong."""


class FieldUnreadable(NotAllowed):
    """“{found}” cannot stand under “{label}” of “{step}”. Allowed: {known_labels}."""


class DayTooEarly(NotAllowed):
    """“{label}” of “{step}” is {found}, but can be {least} at the earliest ({article}). Look it up."""


class DayTooLate(NotAllowed):
    """“{label}” of “{step}” is {found}, but can be {most} at the latest ({article}). Look it up."""


class InFuture(NotAllowed):
    """“{step}” is dated {day}, which is still to come. Record it when it has happened."""


class BeforeOpening(NotAllowed):
    """“{step}” is dated {day}, before the receipt on {opened_on}. Correct one of the two days."""


class AfterClose(NotAllowed):
    """Closed on {closed_on}, the case takes no “{step}” on {day}. Possible now: {known_labels}."""


class NotClosed(NotAllowed):
    """“{step}” takes up a closed case again, and this one is open. Record its result first."""


class OutOfOrder(NotAllowed):
    """“{step}” comes after “{known_labels}” ({article}). Record that first, with its own day."""


class OnlyOnce(NotAllowed):
    """“{step}” is possible once only, and was on {first} ({article}). Correct that day if it is wrong."""


class NothingAwaited(NotAllowed):
    """Nobody waits for “{step}” of “{pair}” ({article}). Waited for: {known}. Record the asking first."""


class StillAwaited(NotAllowed):
    """“{pair}” had “{step}” on {first} and has not answered ({article}). Record “{until_label}” first."""


class ExtendedTooLong(NotAllowed):
    """Extensions are {most} working days at most in all, these are {total} ({article}). Left: {left}."""


class TermOver(NotAllowed):
    """Due on {due}, the case takes no “{step}” on {day} ({article}). Answer now, or correct the day."""


class StaysLonger(NotAllowed):
    """“{step}” is possible from {due} on: until then it must stay ({article}). Correct the day if it is wrong."""


class WrongRole(NotAllowed):
    """“{label}” of “{step}” must be {role_label} ({article}); {person} is not. Name the right post."""


class DateNotLater(NotAllowed):
    """“{step}”: the case is due on {due} anyway, {found} must be later ({article}). Set another date."""


class StepsMissing(NotAllowed):
    """“{step}” rests on “{known_labels}” ({article}). Record that with its day, or choose another result."""


class AnsweredInTime(NotAllowed):
    """“{step}” cannot be: “{until_label}” came on {first} ({article}). Choose another result."""


class TooSoon(NotAllowed):
    """“{step}” is possible only after {limit}: until then there is time to answer ({article})."""


class NotSettled(NotAllowed):
    """Before “{step}”, record “{until_label}”: “{pair}” was asked on {first} and has not answered ({article})."""


class NotTold(NotAllowed):
    """“{pair}” ({first}) has no “{known_labels}” yet: record that before “{step}” ({article})."""


class NoSuchLink(NotAllowed):
    """“{label}” is “{found}”, but no such {linked_label} is here. Register that first, mend it, or leave it out."""


class OtherSilence(NotAllowed):
    """“{pair}” is {party_label}; its silence is recorded as “{known_labels}” ({article})."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation in the facts of a case: its class, its day, and the fields of its sentence."""

    fault: type[NotAllowed]
    day: date
    words: tuple[tuple[str, str], ...]

    @property
    def article(self) -> str:
        """The article that is violated; empty where there is none."""
        return dict(self.words).get("article", "")

    def refusal(self) -> NotAllowed:
        """Return the exception to raise."""
        return self.fault(**dict(self.words))


def violation(fault: type[NotAllowed], day: date, words: Mapping[str, object]) -> Violation:
    """Make a violation by a fact of that day; ``words`` fill its sentence."""
    return Violation(fault, day, tuple(sorted((key, str(word)) for key, word in words.items())))
