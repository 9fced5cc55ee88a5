"""The phrases that people read, by language and key; an office may override single phrases.

Keys are the dotted path in ``bot/phrases/<language>/*.toml``. What is stored never holds a phrase: only
keys and values are, so wording may improve without touching the log. Keys that are put together at run time are
registered in ``tests/bot/language/phrase_families.py``.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from bot.language.text_pages import abbreviate
from config.errors import GongkaiError, HeldBack, Refusal
from config.findings import Finding
from config.office.model import Office, Person
from config.office.roles import are_village_roles

LANGUAGES = ("zh", "en")
MAX_ECHOED_LENGTH = 80  # characters of a wrong value that a message repeats
MAX_FINDINGS_LISTED = 5  # in a refusal; the others are only counted


@dataclass(frozen=True, kw_only=True)
class Phrasebook:
    """One language's phrases by key."""

    language: str
    phrases: Mapping[str, str]

    @cached_property
    def for_villages(self) -> Phrasebook:
        """The same phrases without the office's words; made once, as every message of a village reads them."""
        own = {
            key.removeprefix(VILLAGE_PREFIX): said
            for key, said in self.phrases.items()
            if key.startswith(VILLAGE_PREFIX)
        }
        return replace(self, phrases={**self.phrases, **own})

    def say(self, key: str, **words: object) -> str:
        """The phrase with its words filled in; for an unknown key, the key and the words."""
        phrase = self.phrases.get(key)
        if phrase is None:
            return f"[{key}] " + " ".join(f"{name}={word}" for name, word in words.items())
        return phrase.format_map(_PlaceholderWords(words))

    def day(self, day: date, *, provisional: bool = False, unconfirmed: bool = False) -> str:
        """A date with its weekday, whether it is provisional, and whether its basis was not read in a source."""
        weekday = self.say(f"weekday.{day.isoweekday()}")
        mark = self.say("calendar.provisional.mark") if provisional else ""
        mark += self.say("calendar.unconfirmed.mark") if unconfirmed else ""
        return self.say("day.shown", day=day.isoformat(), weekday=weekday, mark=mark)

    def error(self, error: GongkaiError) -> str:
        """A refusal's sentence in this language; its English one stands in its class."""
        key = f"error.{type(error).__name__}"
        words = {**error.words, **self._reason_words(error), **self._findings_words(error)}
        if (part := f"recorded_text.{words.get('place')}") in self.phrases:
            words["place"] = self.phrases[part]
        if "found" in words:
            words["found"] = abbreviate(str(words["found"]), MAX_ECHOED_LENGTH)
        return self.say(key, **words) if key in self.phrases else str(error)

    def _reason_words(self, error: GongkaiError) -> dict[str, str]:
        """The sentences behind a reason's key: why a file cannot be read, and what to do."""
        reason = error.words.get("reason", "")
        parts = {part: f"unreadable.{reason}.{part}" for part in ("why", "next_step")}
        return {part: self.say(key, **error.words) for part, key in parts.items() if key in self.phrases}

    def _findings_words(self, error: GongkaiError) -> dict[str, str]:
        """The findings a refusal rests on, a line for each of the first few."""
        if not isinstance(error, HeldBack):
            return {}
        found = error.findings
        more = (
            [self.say("proofread.more", count=len(found) - MAX_FINDINGS_LISTED)]
            if len(found) > MAX_FINDINGS_LISTED
            else []
        )
        return {"findings": "\n".join([*self.finding_lines(found[:MAX_FINDINGS_LISTED]), *more])}

    def finding_lines(self, findings: Iterable[Finding]) -> list[str]:
        """A line for each finding in a text, in the order given: the place, then the sentence."""
        return [self._located_finding(finding) for finding in findings]

    def _located_finding(self, finding: Finding) -> str:
        """A finding in a text: its place, then its sentence. A finding about a report names its place itself."""
        if "part" not in finding.words:
            return self.finding(finding)
        place = self.say(f"proofread.place.{finding.words['part']}", **finding.words)
        return self.say("proofread.line", place=place, said=self.finding(finding))

    def finding(self, finding: Finding) -> str:
        """A finding's sentence in this language."""
        words = {
            **finding.words,
            "found": finding.found,
            "expected": finding.expected,
            "column": finding.column,
        }
        return self.say(f"finding.{finding.rule}", **words)


class WordingWrong(Refusal):
    """[[phrase]] {phrase} in {file} cannot stand there. Mend it or take it away: a shipped key, with {words}."""


def office_phrasebook(office: Office, language: str) -> Phrasebook:
    """The phrases of an office: the shipped ones, and its own in their place."""
    book, own = phrasebook(language), office.phrases.get(language)
    return replace(book, phrases={**book.phrases, **own}) if own else book


VILLAGE_PREFIX = "village."
"""Begins the key of a sentence that people of the villages read instead of the one behind it."""


def person_phrasebook(office: Office, person: Person) -> Phrasebook:
    """The phrases of a person: in their language, and for people of the villages without the office's words."""
    book = office_phrasebook(office, person.language)
    return book.for_villages if are_village_roles(office.roles_of(person.id)) else book


def check_wording(office: Office, file: str) -> None:
    """WordingWrong where an office's own phrase has an unknown key, or other words in braces than the shipped one."""
    for language, own in office.phrases.items():
        shipped = phrasebook(language).phrases
        for key, phrase in own.items():
            expected = placeholder_names(shipped.get(key, ""))
            if key not in shipped or placeholder_names(phrase) != expected:
                words = " ".join(f"{{{name}}}" for name in sorted(expected)) or "—"
                raise WordingWrong(file=file, phrase=key, words=words)


def placeholder_names(phrase: str) -> set[str]:
    """The names in braces of a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


class _PlaceholderWords(dict[str, object]):
    """A missing word shows its name."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def phrasebook(language: str) -> Phrasebook:
    """The shipped phrases of a language."""
    found: dict[str, str] = {}
    folder = files("bot") / "phrases" / language
    for entry in sorted(folder.iterdir(), key=lambda file: file.name):
        found.update(flatten_phrases(tomllib.loads(entry.read_text("utf-8"))))
    return Phrasebook(language=language, phrases=found)


def flatten_phrases(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each phrase with its dotted path."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flatten_phrases(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
