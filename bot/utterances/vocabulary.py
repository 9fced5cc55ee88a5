"""Collects the words that are heard: of all verbs, and the tables of everyday expressions.

A verb is heard by the phrases of both languages and the labels of what is declared. The tables say what else is said
for a verb, for courtesy, and in which mood: the shipped ones are ``bot/utterances/words/<language>.toml``, and an
office adds its own in its ``words.toml``. All languages count at once: people mix them. A table only says what is
heard, never what is written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any

from bot.language.phrasebook import LANGUAGES, Phrasebook, office_phrasebook, phrasebook
from bot.language.verbs import KEYED_KINDS, Verb, VerbKind
from bot.utterances.command_parser import VerbVocabulary
from config.declarations.duty import Duties, Duty
from config.errors import Refusal
from config.office.folder import WORDS_FILE
from config.office.model import Office
from config.reporting.registers import ACTIVITIES, REGISTERS, Register

_VERB_PREFIX = "verb."


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordTables:
    """The tables of all languages together. They equal themselves alone, so that what is compiled of them is kept."""

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


def build_vocabulary(duties: Duties, office: Office) -> VerbVocabulary:
    """The vocabulary of an office; its own phrases count beside the shipped ones, and a verb before a label."""
    words: dict[str, Verb] = {}
    for duty in duties.values():
        words |= dict(_duty_words(duty))
    for activity in ACTIVITIES:
        names = (activity.label, activity.label.removeprefix("业务"), _key_in_words(activity.key))
        words |= dict.fromkeys(names, Verb(VerbKind.HOLD, activity.key))
    for register in REGISTERS:
        verb = Verb(VerbKind.COUNT, register.key)
        words |= {name.casefold(): verb for name in _register_names(register)}
    for language in LANGUAGES:
        words |= {**_verb_words(phrasebook(language)), **_verb_words(office_phrasebook(office, language))}
    return VerbVocabulary(words=words)


def _duty_words(duty: Duty) -> Iterator[tuple[str, Verb]]:
    """The words of a duty's standalone steps, and of opening a case of it where people open them."""
    for step in duty.steps:
        if step.standalone:
            yield step.label.casefold(), Verb(VerbKind.STEP, step.key)
            yield _key_in_words(step.key), Verb(VerbKind.STEP, step.key)
    if not duty.has_own_opening:
        yield f"登记{duty.label}", Verb(VerbKind.OPEN, duty.kind)
        yield f"register {_key_in_words(duty.kind)}", Verb(VerbKind.OPEN, duty.kind)


def _register_names(register: Register) -> tuple[str, ...]:
    short = (register.label.removeprefix("行政"), register.label.removeprefix("行政事业性"))
    return (register.label, *short, *register.synonyms, _key_in_words(register.key))


def _verb_words(book: Phrasebook) -> Mapping[str, Verb]:
    """The words of the verbs that have a phrase; the first word of a phrase is the one shown on buttons."""
    return {
        word.casefold(): Verb(kind)
        for kind in VerbKind
        if kind not in KEYED_KINDS
        for word in book.phrases[f"{_VERB_PREFIX}{kind}"].split("|")
    }


def _key_in_words(key: str) -> str:
    return key.replace("_", " ")


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
