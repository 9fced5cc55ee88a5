"""What is written is read as a command only where it is one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.verbs import Verb, VerbKind, parse_verb
from bot.utterances.command_parser import Command, VerbVocabulary, normalize_line, parse_amount, parse_command

WORDS = VerbVocabulary(
    words={
        "同意": Verb(VerbKind.APPROVE),
        "approve": Verb(VerbKind.APPROVE),
        "退回": Verb(VerbKind.RETURN),
        "退回修改": Verb(VerbKind.RETURN),
        "待办": Verb(VerbKind.TODO),
        "许可": Verb(VerbKind.COUNT, "licence"),
    }
)


@pytest.mark.parametrize(
    ("text", "verb", "case", "rest"),
    [
        ("同意 12", "approve", 12, ""),
        ("同意12", "approve", 12, ""),
        ("同意。", "approve", 0, ""),
        ("12 同意", "approve", 12, ""),
        ("１２号 同意！", "approve", 12, ""),
        ("#12 approve", "approve", 12, ""),
        ("APPROVE 12", "approve", 12, ""),
        ("退回 12 标题写错", "return", 12, "标题写错"),
        ("退回修改12：标题写错", "return", 12, "标题写错"),
        ("退回 标题写错", "return", 0, "标题写错"),
        ("同意的话我再看", "", 0, "同意的话我再看"),
        ("不同意", "", 0, "不同意"),
        ("approved?", "", 0, "approved?"),
        ("12", "", 12, "12"),
        ("2026-11-25", "", 0, "2026-11-25"),
        ("12000元", "", 0, "12000元"),
        ("许可 3", "count:licence", 3, ""),
        ("同意\u202e 12", "approve", 12, ""),
        ("同意\n12", "approve", 12, ""),
        ("", "", 0, ""),
    ],
)
def test_a_text_is_this_command(text, verb, case, rest):
    assert parse_command(text, WORDS) == Command(verb=parse_verb(verb), case=case, rest=rest)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12000 元", "12000"),
        ("12,000.50元", "12000.50"),
        ("3", "3"),
        ("三元", None),
        ("12元5", None),
        ("", None),
    ],
)
def test_an_amount_is_exact_or_none(text, amount):
    assert parse_amount(text) == (Decimal(amount) if amount else None)


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault_and_a_verb_stands_in_it(text):
    found = parse_command(text, WORDS)
    if found.verb:
        assert any(
            word in normalize_line(text).casefold()
            for word, verb in WORDS.words.items()
            if verb == found.verb
        )
