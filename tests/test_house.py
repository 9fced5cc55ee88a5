"""The house keeps its promises: one file is a new kind, phrases agree, nothing reads a clock or a kind."""

import ast
import string
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import config.duties
from bot.language.phrasebook import LANGUAGES, flatten_phrases, phrasebook
from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp, open_app
from config import errors, shipped_data
from config.clock import manual_clock
from tests import toy_duties
from tests.paths import ROOT

ROOMS = ("config", "storage", "scheduler", "bot")
SOURCES = [
    path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "versions" not in path.parts
]
PACKAGES = [path.parent for path in SOURCES if path.name == "__init__.py"]
MAX_MODULES = 12  # beside each other; whoever looks for a thing reads their names alone


def test_a_new_kind_is_one_file_from_its_opening_to_a_number_in_the_report(home: Path) -> None:
    duties = shipped_data.load_duties(config.duties, toy_duties)
    app: OfficeApp = open_app(home, clock=manual_clock(date(2026, 3, 2)), duties=duties)
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        for number in (1, 2):
            case = uow.cases.open("kite", f"kite-{number}", date(2026, 3, 1), {"colour": "licences"})
        uow.cases.close(case, "flown", date(2026, 3, 2))
    annual = annual_report(app, 2026)
    made, tally = annual.report, annual.counts
    assert made.figures["table2.licences.decisions"] == 1
    assert tally.cases["table2.licences.decisions"] == [case]


def test_both_languages_have_the_same_phrases_with_the_same_words() -> None:
    books = {language: phrasebook(language).phrases for language in LANGUAGES}
    zh, en = books["zh"], books["en"]
    assert zh.keys() == en.keys()
    assert {key for key in zh if _words(zh[key]) != _words(en[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_stands_twice(language: str) -> None:
    files = sorted((ROOT / "bot" / "phrases" / language).glob("*.toml"))
    keys = [key for file in files for key, _ in flatten_phrases(tomllib.loads(file.read_text("utf-8")))]
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_no_two_refusals_have_one_name() -> None:
    """Their sentences are found by their names: of two, one would say the other's."""
    names = [
        kind.__name__ for kind in set(_tree(errors.GongkaiError)) if kind.__module__.split(".")[0] in ROOMS
    ]
    assert [name for name, times in Counter(names).items() if times > 1] == []


def _words(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_every_refusal_has_its_sentence_in_chinese() -> None:
    phrases = phrasebook("zh").phrases
    shown = [kind for kind in _tree(errors.GongkaiError) if kind is not errors.GongkaiError]
    assert [kind.__name__ for kind in shown if f"error.{kind.__name__}" not in phrases] == []


def _tree(kind: type[errors.GongkaiError]) -> list[type[errors.GongkaiError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _tree(child))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_a_person_reads(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_nothing_outside_the_duties_asks_for_a_kind() -> None:
    kinds = set(shipped_data.load_duties(config.duties))
    asking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        if "duties" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare) and "kind" in ast.dump(node.left) and _speaks_of(node, kinds)
    ]
    assert asking == []


def _speaks_of(node: ast.Compare, kinds: set[str]) -> bool:
    constants = (
        part for side in node.comparators for part in ast.walk(side) if isinstance(part, ast.Constant)
    )
    return any(constant.value in kinds for constant in constants)


def test_no_public_class_name_is_declared_twice() -> None:
    """One name, one meaning: a class is found by its name alone."""
    names = Counter(
        node.name
        for path in SOURCES
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_package_has_more_modules_than_a_person_surveys(package: Path) -> None:
    assert len([path for path in package.glob("*.py") if path.name != "__init__.py"]) <= MAX_MODULES


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_opens_with_one_sentence_and_imports_nothing(package: Path) -> None:
    tree = ast.parse((package / "__init__.py").read_text("utf-8"))
    sentence = ast.get_docstring(tree) or ""
    assert len(tree.body) == 1
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert ". " not in sentence
