"""Declares the verbs of the chat as values, and reads and writes the text form in which they are stored.

A verb has a kind; a verb about something declared (a step, a register) also has that declaration's key. The text form
(``approve``, ``step:consulted``) stands in callback tokens, stored forms and page forms: it is read and written here
and nowhere else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

KEY_SEPARATOR = ":"


class VerbKind(StrEnum):
    """Everything a person can ask for; each member names a phrase ``verb.<value>``, except the keyed kinds."""

    APPROVE = "approve"
    RETURN = "return"
    REJECT = "reject"
    OVERRIDE = "override"
    WITHDRAW = "withdraw"
    HAND_ON = "hand_on"
    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    NUDGE = "nudge"
    CLOSE = "close"
    DRAFT = "draft"
    TEXT = "text"
    FILES = "files"
    TODO = "todo"
    SHOW = "show"
    MORE = "more"
    STEPS = "steps"
    ENTER = "enter"
    WHY = "why"
    HISTORY = "history"
    SEARCH = "search"
    YEAR = "year"
    HELP = "help"
    AWAY = "away"
    BACK = "back"
    HAND_OVER = "hand_over"
    LET_IN = "let_in"
    SIGN_IN = "sign_in"  # asks for a way into the page
    CONSENT = "consent"  # to a leave that somebody else recorded
    DECLINE = "decline"
    UNDO = "undo"
    FEEDBACK = "feedback"
    ITEM = "item"  # hands in an item of a village
    RECEIVE = "receive"  # an item of a village, by the office
    TAKE_UP = "take_up"  # opens the publication text of an item
    CIRCULATE = "circulate"  # shows a text to somebody beside the stages
    COMMENT = "comment"  # has read a text that was shown, with an opinion or without
    MONTH = "month"
    SCORE = "score"
    PROGRESS = "progress"
    RETURNED = "returned"
    BULLETIN = "bulletin"
    AGENDA = "agenda"
    REPORT = "report"
    CATALOGUE = "catalogue"
    CONTACT = "contact"
    ALL = "all"
    CANCEL = "cancel"
    FILL = "fill"  # answers the question of the open form
    CONFIRM = "confirm"
    PAGE = "page"  # shows the next page of the open form's choices
    STEP = "step"  # with the key of a step
    OPEN = "open"  # with the key of a duty
    COUNT = "count"  # with the key of a register
    HOLD = "hold"  # with the key of an activity


VERB_KINDS = frozenset(str(kind) for kind in VerbKind)
KEYED_KINDS = frozenset({VerbKind.STEP, VerbKind.OPEN, VerbKind.COUNT, VerbKind.HOLD})
"""Kinds whose verbs name a declaration by its key, and take their word from its label."""


class Verb(NamedTuple):
    """One verb: its kind, and the key of the declaration it is about (empty where the kind has none)."""

    kind: VerbKind
    key: str = ""


def parse_verb(text: str) -> Verb | None:
    """The verb that a text form stands for; None where it stands for none."""
    kind, _, key = text.partition(KEY_SEPARATOR)
    if kind not in VERB_KINDS:
        return None
    verb = Verb(VerbKind(kind), key)
    return verb if bool(key) is (verb.kind in KEYED_KINDS) and format_verb(verb) == text else None


def format_verb(verb: Verb) -> str:
    """The text form of a verb, as it is stored."""
    return f"{verb.kind}{KEY_SEPARATOR}{verb.key}" if verb.key else str(verb.kind)
