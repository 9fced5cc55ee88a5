"""Reads an utterance as a value: a verb with its slots, how exactly it was said, and its mood.

A command is a verb's own word at the beginning or behind a case's number; only a command said in the plain mood can
record. An expression of the tables, or a verb's word somewhere inside a sentence, is only a guess: it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.language.verbs import Verb, VerbKind
from bot.utterances.command_parser import (
    NUMBER_PATTERN,
    Command,
    VerbVocabulary,
    leading_case_numbers,
    normalize_line,
    parse_line,
    read_number,
)
from bot.utterances.expressions import Expressions, bare_form, matching_form
from bot.utterances.moods import QUESTION_MARKS, Mood, MoodReader
from bot.utterances.vocabulary import WordTables

_PLACE = re.compile(r"第(?:\d{1,3}|[一二两三四五六七八九十]{1,3})[件个条项](?:吧|呢)?[。.!！]?")
_ANY_CASE = re.compile(NUMBER_PATTERN, re.IGNORECASE)
_ASKS = re.compile(rf"[{QUESTION_MARKS}][\s。.!！~～…]{{0,8}}$")
_NUMBERS = re.compile(r"\d{1,12}(?:\s{1,4}\d{1,12}){0,30}")
LISTED_KINDS = frozenset({VerbKind.APPROVE, VerbKind.ACKNOWLEDGE, VerbKind.NUDGE, VerbKind.SHOW})
"""Verbs behind which numbers with nothing but spaces between them are a list of cases."""
MAX_GUESSED_LENGTH = 60  # characters: a longer text is somebody's words, and no expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What somebody wrote."""

    line: str
    """The text as one line, in the writer's own characters."""
    command: Command
    """The command it is; its verb is None where it is none."""
    guess: Verb | None = None
    """The verb that may be meant where it is no command."""
    cases: tuple[int, ...] = ()
    """The cases it names."""
    places: tuple[int, ...] = ()
    """The places on the list shown last that it names: “第一件”."""
    whole: bool = False
    """Whether the guess is about the whole sentence, which the tables know; else a verb's word stands inside it."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """What an expression of the tables names besides: ``village``, ``day``, ``number``, ``words``."""
    mood: Mood = Mood.PLAIN
    beside: str = ""
    """The words that stand beside the verb and its numbers, without neutral ones, in the writer's own characters."""
    courtesy: bool = False
    """Whether it is mere politeness, which answers no open question."""
    greeting: bool = False
    """Whether that politeness begins a talk."""
    leaving: bool = False
    """Whether it leaves an open question unanswered, as people say it."""

    @property
    def has_question(self) -> bool:
        """Whether there is a question mark anywhere: behind a verb it takes the verb back."""
        return any(mark in self.line for mark in QUESTION_MARKS)

    @property
    def asked(self) -> bool:
        """Whether it ends with a question mark."""
        return bool(_ASKS.search(self.line))


@dataclass(frozen=True)
class UtteranceReader:
    """Reads the utterances of one office's people."""

    vocabulary: VerbVocabulary
    tables: WordTables
    villages: Sequence[str] = ()

    def read(self, text: str) -> Utterance:
        """What a message says."""
        line = normalize_line(text)
        form = matching_form(line, self.tables.simplified)
        bare = bare_form(form)
        leaving = bare in self._leavings
        courtesy = bare in self._courtesies and not leaving
        said = self._read_line(line, form, is_phrase=leaving or courtesy)
        return replace(
            said, leaving=leaving, courtesy=courtesy, greeting=courtesy and bare in self._greetings
        )

    def _read_line(self, line: str, form: str, *, is_phrase: bool) -> Utterance:
        """What a line says; a set phrase of courtesy or leaving is no guess at a verb."""
        command = parse_line(line, self.vocabulary)
        if command.verb is not None:
            other = self._longer_expression(line, form, command)
            return other or self._of_command(line, command)
        if place := _PLACE.fullmatch(form):
            return Utterance(line=line, command=replace(command, case=0), places=(read_number(place[0]),))
        if _ANY_CASE.fullmatch(form):
            return Utterance(
                line=line, command=replace(command, case=read_number(form)), cases=(read_number(form),)
            )
        if len(numbers := leading_case_numbers(line)[0]) > 1:
            return Utterance(line=line, command=command, cases=numbers)
        if is_phrase or len(line) > MAX_GUESSED_LENGTH:
            return Utterance(line=line, command=command)
        return self._guessed(line, form, command)

    @cached_property
    def moods(self) -> MoodReader:
        """The reader of moods by these tables."""
        return MoodReader(self.tables)

    @cached_property
    def expressions(self) -> Expressions:
        """The expressions of these tables."""
        return Expressions(self.tables, self.vocabulary.words, tuple(self.villages))

    def _of_command(self, line: str, command: Command) -> Utterance:
        ending = QUESTION_MARKS[0] if any(mark in line for mark in QUESTION_MARKS) else ""
        if command.verb and command.verb.kind in LISTED_KINDS and _NUMBERS.fullmatch(command.rest):
            more = tuple(map(int, command.rest.split()))
            command = replace(command, more_cases=(*command.more_cases, *more), rest="")
        cases = (command.case, *command.more_cases) if command.case else ()
        beside = self.moods.words_beside(command.rest)
        mood = self.moods.mood(matching_form(beside + ending, self.tables.simplified))
        return Utterance(line=line, command=command, cases=cases, mood=mood, beside=beside)

    def _longer_expression(self, line: str, form: str, command: Command) -> Utterance | None:
        """An expression of the tables that only begins like a command: “催办所有村” reminds nobody of one case."""
        if command.case or not command.rest or len(line) > MAX_GUESSED_LENGTH:
            return None
        found = self.expressions.match(form)
        if found is None or (found.verb == command.verb and "village" not in found.slots):
            return None
        bare = replace(command, verb=None)
        return Utterance(line=line, command=bare, guess=found.verb, whole=True, slots=found.slots)

    def _guessed(self, line: str, form: str, command: Command) -> Utterance:
        """An expression of the tables, or a verb's word inside the sentence; or nothing that is known."""
        for said in dict.fromkeys((form, self.moods.words_beside(form))):
            if found := self.expressions.match(said):
                cases = (read_number(found.slots["case"]),) if "case" in found.slots else ()
                mood = Mood.ASKED if _ASKS.search(line) else Mood.PLAIN
                return Utterance(
                    line=line,
                    command=command,
                    guess=found.verb,
                    whole=True,
                    cases=cases,
                    slots=found.slots,
                    mood=mood,
                )
        inside = self.expressions.find_inside(form)
        if inside is None:
            return Utterance(line=line, command=command, mood=self.moods.mood(form))
        verb, start, end = inside
        around = f"{form[:start]} {form[end:]}"
        numbers = tuple(
            dict.fromkeys(filter(None, (read_number(one[0]) for one in _ANY_CASE.finditer(around))))
        )
        beside = self.moods.words_beside(_ANY_CASE.sub(" ", around))
        return Utterance(
            line=line, command=command, guess=verb, cases=numbers, mood=self.moods.mood(around), beside=beside
        )

    @cached_property
    def _courtesies(self) -> frozenset[str]:
        return frozenset(
            bare_form(matching_form(said, self.tables.simplified)) for said in self.tables.courtesy
        )

    @cached_property
    def _greetings(self) -> frozenset[str]:
        return frozenset(
            bare_form(matching_form(said, self.tables.simplified)) for said in self.tables.greeting
        )

    @cached_property
    def _leavings(self) -> frozenset[str]:
        return frozenset(
            bare_form(matching_form(said, self.tables.simplified)) for said in self.tables.leaving
        )
