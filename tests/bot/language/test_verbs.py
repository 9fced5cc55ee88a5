"""The text form of a verb, which old rows and buttons hold: what is written is read back, and nothing else is read."""

import pytest

from bot.language.verbs import KEYED_KINDS, Verb, VerbKind, format_verb, parse_verb

STORED = {
    "approve": Verb(VerbKind.APPROVE),
    "hand_on": Verb(VerbKind.HAND_ON),
    "why": Verb(VerbKind.WHY),
    "step:consulted": Verb(VerbKind.STEP, "consulted"),
    "open:request": Verb(VerbKind.OPEN, "request"),
    "count:licence": Verb(VerbKind.COUNT, "licence"),
    "hold:training": Verb(VerbKind.HOLD, "training"),
}


@pytest.mark.parametrize("text", STORED)
def test_a_stored_text_stands_for_the_verb_it_always_did(text):
    assert parse_verb(text) == STORED[text]
    assert format_verb(STORED[text]) == text


@pytest.mark.parametrize("kind", VerbKind)
def test_every_verb_is_read_back(kind):
    verb = Verb(kind, "a_key" if kind in KEYED_KINDS else "")
    assert parse_verb(format_verb(verb)) == verb


@pytest.mark.parametrize(
    "text", ["", "no such", "step", "step:", "approve:12", "approve:", "Approve", ":approve"]
)
def test_any_other_text_is_no_verb(text):
    assert parse_verb(text) is None
