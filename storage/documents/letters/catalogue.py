"""Reads the letters that a kind of duty sends: their names, texts, and the facts to fill in.

Their text ships as data (``config/data/letters/<kind>``), one paper for each notice and one answer for each
outcome the duty declares. The law's part of an answer (which article, which remedy) is not typed again in
every template: it is filled in by the outcome, and by the answer's day, because the law changed on a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from config.declarations.duty import CaseOutcome, Duty, Field
from config.declarations.requirements import RequiredParagraph
from config.shipped_data import ANSWERS_FILE, FACTS_FILE, load_letter_files

LEGAL_BASIS, REMEDY, TODAY = "legal_basis", "remedy", "today"
APPLICANT, NATURAL_PERSON = "applicant", "natural_person"
EITHER_WORD, PERSON_WORD, ORGANISATION_WORD = "你（单位）", "你", "你单位"
NAME_PATTERN = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SHARED_PARAGRAPH = re.compile(r"@([a-z_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSource:
    """One letter as its source file has it: placeholders still in braces, shared paragraphs inserted."""

    kind: str
    key: str
    label: str
    title: str
    to: str = ""
    body: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    """Of a paper that is a table: its rows, label and content."""
    unconfirmed: str = ""
    """What of it was not read in a source: whoever writes it is told."""
    slip_title: str = ""
    slip_to: str = ""
    slip: tuple[str, ...] = ()
    slip_sign: tuple[str, ...] = ()
    article: str = ""
    """An answer's legal basis, as its outcome declares it."""
    required_paragraphs: tuple[RequiredParagraph, ...] = ()
    """What an answer must contain, as its outcome declares it."""
    steps: tuple[str, ...] = ()
    """The steps the letter rests on: what was recorded at one of them is what it says."""
    where: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Which of these steps: those recorded with these facts."""
    unless: Mapping[str, str] = field(default_factory=dict, hash=False)
    """And not those recorded with these: another letter is for them."""
    recorded: tuple[str, ...] = ()
    """The facts that the recorded step alone gives: it says what somebody consented to."""

    def rests_on(self, step: str, facts: Mapping[str, object]) -> bool:
        """Whether the letter is about a step recorded with these facts."""
        other = bool(self.unless) and self.unless.items() <= facts.items()
        return step in self.steps and self.where.items() <= facts.items() and not other

    @property
    def is_answer(self) -> bool:
        """Whether the letter is an answer, and so is signed in stages."""
        return bool(self.article)

    @property
    def outcome(self) -> str:
        """The outcome an answer announces; empty for any other letter."""
        return self.key.partition(".")[2] if self.is_answer else ""

    @property
    def text(self) -> str:
        """The whole text of the default letter."""
        cells = (cell for row in self.rows for cell in row)
        return "\n".join(
            (self.to, *self.body, *cells, self.slip_title, self.slip_to, *self.slip, *self.slip_sign)
        )


@cache
def letter_sources(duty: Duty) -> Mapping[str, LetterSource]:
    """Every letter of a kind by its key: ``receipt`` …, and ``answer.<outcome>`` for each outcome.

    A kind that sends letters has an answer for every outcome: ``shipped_data.load_duties`` refuses it otherwise.
    """
    source = load_letter_files(duty.kind)
    if not source:
        return {}
    notices = {
        key: _letter_source(duty.kind, key, entry) for key, entry in source.items() if key not in _NOT_NOTICES
    }
    answers = (_answer_source(duty, outcome, source[ANSWERS_FILE]) for outcome in duty.outcomes)
    return notices | {answer.key: answer for answer in answers}


_NOT_NOTICES = (ANSWERS_FILE, FACTS_FILE)


def template_names(kind: str) -> dict[str, str]:
    """The names that a template may use, by key: those asked for, and those that the program fills in."""
    shared = load_letter_files(kind)[FACTS_FILE]
    return {**shared["names"], **shared["derived"]}


def asked_keys(kind: str) -> tuple[str, ...]:
    """The keys of the facts that are asked for, in the order of their names."""
    return tuple(load_letter_files(kind)[FACTS_FILE]["names"])


def fact_sources(kind: str) -> dict[str, str]:
    """The source of each fact that the program finds by itself, by the fact's key."""
    return dict(load_letter_files(kind)[FACTS_FILE]["sources"])


def unrecorded_words(kind: str) -> dict[str, str]:
    """What a paper says of a fact that nothing recorded tells, by the fact's key: a table has no empty row."""
    return dict(load_letter_files(kind)[FACTS_FILE]["otherwise"])


def sheet_words(kind: str) -> Mapping[str, str]:
    """How a paper that is a table says what the case as a whole tells."""
    words: Mapping[str, str] = load_letter_files(kind)[FACTS_FILE]["sheet"]
    return words


def fixed_keys(kind: str) -> tuple[str, ...]:
    """The keys of the facts that a letter must state as its case does."""
    return tuple(load_letter_files(kind)[FACTS_FILE]["fixed"]["names"])


def provisional_day_words(kind: str, day: str) -> str:
    """A day that depends on a notice not yet published, as a sheet that stays inside writes it."""
    return str(load_letter_files(kind)[FACTS_FILE]["words"]["provisional"]).format(day=day)


def fee_words(kind: str, basis: str) -> Mapping[str, str]:
    """The explanation of a fee by its basis, for a letter."""
    words: Mapping[str, str] = load_letter_files(kind)[FACTS_FILE]["fees"][basis]
    return words


def chinese_day(day: date) -> str:
    """A day as papers write it: 2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"


def needed_fields(paper: LetterSource) -> tuple[Field, ...]:
    """The keys that the default letter asks for, in the order of its text; the legal basis need not be given."""
    shared = load_letter_files(paper.kind)[FACTS_FILE]
    asked = {label: key for key, label in shared["names"].items()}
    labels = dict.fromkeys(names_with_remedy(paper, [*_LETTERHEAD_NAMES, *NAME_PATTERN.findall(paper.text)]))
    fields = [Field(key=asked[label], label=label, required=True) for label in labels if label in asked]
    basis = shared["derived"][LEGAL_BASIS]
    return (*fields, Field(key=LEGAL_BASIS, label=basis)) if basis in labels else tuple(fields)


_LETTERHEAD_NAMES = ("机关名称", "文书编号")  # stand in the title and the signature of every paper


def names_with_remedy(paper: LetterSource, used: list[str]) -> Iterator[str]:
    """The names that a text uses, and after the remedy those that the remedy's texts use."""
    shared = load_letter_files(paper.kind)[FACTS_FILE]
    for name in used:
        yield name
        if name in (REMEDY, shared["derived"][REMEDY]):
            for text in shared["remedies"].values():
                yield from NAME_PATTERN.findall(text)


def required_names(paper: LetterSource, day: date) -> tuple[str, ...]:
    """The keys that an answer's template must use, so that it states what its outcome requires on this day."""
    remedies = load_letter_files(paper.kind)[FACTS_FILE]["remedies"]
    return tuple(
        dict.fromkeys(REMEDY if key in remedies else key for key in _required_paragraph_keys(paper, day))
    )


def word_for_reader(paper: LetterSource, applicant_kind: str) -> str:
    """The word for whom a letter is written to: 你 for a natural person, 你单位 for any other kind of applicant.

    你（单位） where the kind is not known, and in a letter to somebody else.
    """
    if not applicant_kind or NAME_PATTERN.findall(paper.to) != [template_names(paper.kind)[APPLICANT]]:
        return EITHER_WORD
    return PERSON_WORD if applicant_kind == NATURAL_PERSON else ORGANISATION_WORD


def remedy_text(paper: LetterSource, day: date) -> str:
    """The remedies that an answer of this day names, with placeholders still in braces.

    An answer whose outcome demands none, but whose template names them, gets the general text.
    """
    remedies = load_letter_files(paper.kind)[FACTS_FILE]["remedies"]
    texts = [remedies[key] for key in _required_paragraph_keys(paper, day) if key in remedies]
    return "".join(texts) or str(remedies[REMEDY])


def legal_basis(paper: LetterSource, given: str) -> str:
    """The article as a letter writes it: the clerk's narrower one, or the outcome's."""
    article = given or paper.article
    for short, full in load_letter_files(paper.kind)[FACTS_FILE]["laws"].items():
        if article.startswith(short):
            return str(full) + article.removeprefix(short)
    return article


def _required_paragraph_keys(paper: LetterSource, day: date) -> list[str]:
    """The keys of the paragraphs that the law demands on this day."""
    return [said.key for said in paper.required_paragraphs if said.applies_on(day)]


def _answer_source(duty: Duty, outcome: CaseOutcome, answers: Mapping[str, Any]) -> LetterSource:
    """The source of an answer: its opening, the outcome's decision, and its closing."""
    entry = {**answers["defaults"], **answers[outcome.key]}
    body = [text for part in ("opens", "decision", "closes") for text in entry[part]]
    written = {
        "label": f"答复书（{outcome.label}）",
        "title": entry["title"],
        "to": entry["to"],
        "body": body,
        "unconfirmed": entry.get("unconfirmed", ""),
    }
    key = f"answer.{outcome.key}"
    steps = tuple(step for need in outcome.needs for step in need.steps)
    return _letter_source(
        duty.kind,
        key,
        written,
        article=outcome.article,
        required_paragraphs=outcome.required_paragraphs,
        steps=steps,
    )


def _letter_source(kind: str, key: str, entry: Mapping[str, Any], **parts: Any) -> LetterSource:
    shared = load_letter_files(kind)[FACTS_FILE]["paragraphs"]
    written: dict[str, Any] = {name: _with_shared_paragraphs(value, shared) for name, value in entry.items()}
    return LetterSource(kind=kind, key=key, **{**written, **parts})


def _with_shared_paragraphs(value: Any, shared: Mapping[str, str]) -> Any:
    """A list of texts, or of rows of texts, with the shared paragraphs inserted; every other value as it is."""
    if not isinstance(value, list):
        return value
    return tuple(
        _insert_shared_paragraphs(text, shared)
        if isinstance(text, str)
        else _with_shared_paragraphs(text, shared)
        for text in value
    )


def _insert_shared_paragraphs(text: str, shared: Mapping[str, str]) -> str:
    return _SHARED_PARAGRAPH.sub(lambda found: shared[found.group(1)], text)
