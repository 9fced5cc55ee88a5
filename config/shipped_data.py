"""Reads the data that ships with the program (``config/data``), and lists the declared kinds."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from config.declarations.duty import CaseOutcome, Duties, Duty
from config.errors import Refusal
from config.reporting.form import ReportForm, read_form

LATEST_EDITION = "2021"
EDITIONS = ("2021", "2019")
"""Every edition of the form, the one in force first."""
ANSWERS_FILE, FACTS_FILE, SHARED_FILE = "answers", "facts", "shared"
"""The files of a kind's letters that hold its answers and the facts filled into them; what every kind's share."""

LetterFiles = dict[str, dict[str, Any]]


class AnswerTextMissing(Refusal):
    """Outcome {outcome} of kind {kind} has no text for its answer: write “{missing}” into {file}."""


def data_dir() -> Traversable:
    """The folder of shipped data."""
    return files("config") / "data"


@cache
def load_form(edition: str = LATEST_EDITION) -> ReportForm:
    """An edition of the official form."""
    return read_form(json.loads((data_dir() / "forms" / f"{edition}.json").read_text("utf-8")))


@cache
def load_holiday_notices() -> dict[int, dict[str, object]]:
    """The shipped notices on days off, by year, as written in their files."""
    found = {}
    for entry in sorted((data_dir() / "holidays").iterdir(), key=lambda file: file.name):
        if entry.name.endswith(".toml"):
            found[int(entry.name[:4])] = tomllib.loads(entry.read_text("utf-8"))
    return found


@cache
def load_schemes() -> dict[str, str]:
    """The shipped scoring schemes as written, by their key."""
    files_ = (entry for entry in (data_dir() / "schemes").iterdir() if entry.name.endswith(".toml"))
    return {entry.name.removesuffix(".toml"): entry.read_text("utf-8") for entry in files_}


@cache
def load_catalogue() -> dict[str, Any]:
    """The shipped catalogue of matters as written (``config/reporting/matters.py``)."""
    return tomllib.loads((data_dir() / "catalogue" / "matters.toml").read_text("utf-8"))


@cache
def load_letter_files(kind: str) -> LetterFiles:
    """The files of a kind's letters by their name, as written; none where the kind sends no letters.

    Its file of facts holds what the letters of every kind share as well, and says otherwise what it says itself.
    """
    folder = data_dir() / "letters" / kind
    if not folder.is_dir():
        return {}
    entries = sorted(folder.iterdir(), key=lambda file: file.name)
    files = {entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text("utf-8")) for entry in entries}
    common = tomllib.loads((data_dir() / "letters" / f"{SHARED_FILE}.toml").read_text("utf-8"))
    own = files[FACTS_FILE]
    return {
        **files,
        FACTS_FILE: {**own, **{name: part | own.get(name, {}) for name, part in common.items()}},
    }


def check_answers(duty: Duty, files: LetterFiles) -> None:
    """AnswerTextMissing for the first outcome, of a kind with letters, without its decision or a paragraph."""
    for outcome in duty.outcomes if files else ():
        _check_answer(duty.kind, outcome, files)


def _check_answer(kind: str, outcome: CaseOutcome, files: LetterFiles) -> None:
    words = {"kind": kind, "outcome": outcome.key}
    folder, shared = f"config/data/letters/{kind}", files[FACTS_FILE]
    if not files[ANSWERS_FILE].get(outcome.key, {}).get("decision"):
        raise AnswerTextMissing(
            file=f"{folder}/{ANSWERS_FILE}.toml", missing=f"[{outcome.key}] decision", **words
        )
    known = {*shared["remedies"], *shared["names"], *shared["derived"]}
    for paragraph in outcome.required_paragraphs:
        if paragraph.key not in known:
            raise AnswerTextMissing(file=f"{folder}/{FACTS_FILE}.toml", missing=paragraph.key, **words)


def load_duties(*packages: ModuleType) -> Duties:
    """Every kind declared in the given packages: each module with a ``DUTY``, found by listing folders and rooms.

    AnswerTextMissing where an outcome of a kind with letters has no text for its answer.
    """
    found = {}
    for package in packages:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if module.ispkg:
                continue
            duty: Duty = import_module(module.name).DUTY
            check_answers(duty, load_letter_files(duty.kind))
            found[duty.kind] = duty
    return found
