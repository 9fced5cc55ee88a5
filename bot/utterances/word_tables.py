"""Loads the tables of everyday expressions: what is said for a verb, for courtesy, and in which mood.

The shipped tables are ``bot/utterances/words/<language>.toml``; an office adds its own in its ``words.toml``.
All languages count at once: people mix them. A table only says what is heard, never what is written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any

from bot.language.phrasebook import LANGUAGES
from config.errors import Refusal
from config.office.folder import WORDS_FILE


class WordsWrong(Refusal):
    """{file} cannot be read: {found}. Write it as bot/utterances/words/zh.toml is written, or take it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodWords:
    """The words that make a sentence no plain statement, by mood."""

    asked_end: tuple[str, ...] = ()
    """Particles that ask at the end of a sentence."""
    asked: tuple[str, ...] = ()
    conditional: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTables:
    """The tables of all languages together."""

    editions: tuple[str, ...] = ()
    """The day of each table, as it says itself."""
    simplified: Mapping[int, str] = field(default_factory=dict)
    """By the code of a traditional character: the simplified one that it is heard as."""
    neutral: tuple[str, ...] = ()
    courtesy: tuple[str, ...] = ()
    greeting: tuple[str, ...] = ()
    """What of courtesy begins a talk."""
    leaving: tuple[str, ...] = ()
    moods: MoodWords = field(default_factory=MoodWords)
    forms: tuple[tuple[str, str], ...] = ()
    """Pairs of an expression and the text form of the verb it is heard as."""


def word_tables(own: str = "") -> WordTables:
    """The shipped tables, with the office's own ``words.toml`` added to them. Raises WordsWrong."""
    try:
        written = tomllib.loads(own)
        if not written:  # nothing, or remarks alone
            return _shipped_tables()
        added = _parse_table(written)
    except (tomllib.TOMLDecodeError, TypeError, ValueError, KeyError) as wrong:
        raise WordsWrong(file=WORDS_FILE, found=str(wrong)) from wrong
    return _joined([_shipped_tables(), added])


@cache
def _shipped_tables() -> WordTables:
    folder = files("bot") / "utterances" / "words"
    texts = [(folder / f"{language}.toml").read_text("utf-8") for language in LANGUAGES]
    return _joined(_parse_table(tomllib.loads(text)) for text in texts)


def _parse_table(table: Mapping[str, Any]) -> WordTables:
    pairs = str(table.get("traditional", "")).split()
    return WordTables(
        editions=(str(table["edition"]),),
        simplified={ord(pair[0]): pair[1] for pair in pairs if pair[0] != pair[-1]},
        neutral=_words(table, "neutral"),
        courtesy=(*_words(table, "courtesy"), *_words(table, "greeting")),
        greeting=_words(table, "greeting"),
        leaving=_words(table, "leaving"),
        moods=MoodWords(
            **{each.name: _words(table.get("moods", {}), each.name) for each in fields(MoodWords)}
        ),
        forms=tuple(
            (said, str(form["means"])) for form in table.get("form", ()) for said in _words(form, "said")
        ),
    )


def _words(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = table.get(key, ())
    if isinstance(found, str) or not all(isinstance(word, str) and word.strip() for word in found):
        raise ValueError(key)
    return tuple(found)


def _joined(tables: Iterable[WordTables]) -> WordTables:
    tables = list(tables)
    moods = {
        each.name: _chained(getattr(one.moods, each.name) for one in tables) for each in fields(MoodWords)
    }
    simplified: dict[int, str] = {}
    for one in tables:
        simplified |= one.simplified
    return WordTables(
        editions=_chained(one.editions for one in tables),
        simplified=simplified,
        neutral=_chained(one.neutral for one in tables),
        courtesy=_chained(one.courtesy for one in tables),
        greeting=_chained(one.greeting for one in tables),
        leaving=_chained(one.leaving for one in tables),
        moods=MoodWords(**moods),
        forms=tuple(form for one in tables for form in one.forms),
    )


def _chained(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in parts for word in part))
