"""Every phrase is used, and every key that the program says is a phrase, whether it stands there whole or in parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot.language.phrasebook import phrasebook
from tests.bot.language.phrase_families import FAMILIES, constants
from tests.paths import ROOT

ROOMS = ("config", "storage", "scheduler", "bot")
SAYING = frozenset({"say", "print_phrase", "help_text"})
"""What takes a phrase's key as its first argument; ``help_text`` without its ``help.``."""
KEY_FORM = re.compile(r"[a-z_]+(\.[a-z_{}]+)+")
TEMPLATE_KEY = re.compile(r"""["']([a-z_]+(?:\.[a-zA-Z0-9_]+)+)["']""")
TEMPLATE_START = re.compile(r"""["']([a-z_]+(?:\.[a-z_]+)*\.)["']\s*~""")


def test_every_key_that_is_said_whole_is_a_phrase() -> None:
    phrases = phrasebook("zh").phrases
    assert {place: key for place, key in _said_keys() if key not in phrases} == {}


def test_every_member_of_a_family_has_its_phrase() -> None:
    phrases = phrasebook("zh").phrases
    assert sorted(key for family in FAMILIES for key in family.required() if key not in phrases) == []


def test_every_phrase_is_said_somewhere() -> None:
    whole = {text for room in ROOMS for text in constants(room)} | set(_template_keys())
    composed = {key for family in FAMILIES for key in family.possible()}
    assert sorted(set(phrasebook("zh").phrases) - whole - composed) == []


def test_every_key_put_together_at_run_time_is_of_a_registered_family() -> None:
    registered = {family.template for family in FAMILIES} | {
        family.template.removeprefix("finding.") for family in FAMILIES
    }
    assert {place: key for place, key in _composed_keys() if key not in registered} == {}


def test_every_registered_family_is_put_together_somewhere() -> None:
    written = {key for _, key in _composed_keys()}
    assert [one.template for one in FAMILIES if not one.noted_elsewhere and one.template not in written] == []


def test_every_rule_of_a_finding_has_its_sentence() -> None:
    phrases = phrasebook("zh").phrases
    rules = {
        keyword.value.value
        for _, node in _nodes()
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "rule"
        and isinstance(keyword.value, ast.Constant)
        and "." in str(keyword.value.value)
    }
    assert sorted(rule for rule in rules if f"finding.{rule}" not in phrases) == []


@cache
def _trees() -> tuple[tuple[Path, ast.Module], ...]:
    files = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in files if "versions" not in path.parts)


@cache
def _nodes() -> tuple[tuple[Path, ast.AST], ...]:
    """Every call and every text with parts: nothing else says a key."""
    return tuple(
        (path, node)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call | ast.JoinedStr)
    )


def _said_keys() -> Iterator[tuple[str, str]]:
    """Each constant key that is handed to a function that says it, in Python and in the pages."""
    for path, node in _nodes():
        if isinstance(node, ast.Call) and node.args and _called(node) in SAYING:
            for key in _constant_keys(node.args[0]):
                start = "help." if _called(node) == "help_text" else ""
                yield f"{path.relative_to(ROOT)}:{node.lineno} {key}", start + key
    for path in sorted((ROOT / "bot" / "templates").glob("*.html")):
        for key in re.findall(r"""\bsay\(["']([a-z_.]+[a-z_])["']""", path.read_text("utf-8")):
            yield f"{path.name} {key}", key


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _constant_keys(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    if isinstance(argument, ast.IfExp):
        yield from _constant_keys(argument.body)
        yield from _constant_keys(argument.orelse)


def _template_keys() -> Iterator[str]:
    for path in sorted((ROOT / "bot" / "templates").glob("*.html")):
        yield from TEMPLATE_KEY.findall(path.read_text("utf-8"))


def _composed_keys() -> Iterator[tuple[str, str]]:
    """Each text with parts that has the form of a key and begins as phrases do, ``{}`` for each part."""
    starts = {key.rpartition(".")[0] + "." for key in phrasebook("zh").phrases}
    starts |= {start.removeprefix("finding.") for start in starts}
    for path, node in _nodes():
        if isinstance(node, ast.JoinedStr):
            key = "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
            start = key.partition("{}")[0]
            if not KEY_FORM.fullmatch(key):
                continue
            if any(start.startswith(one) or one.startswith(start) for one in starts if start):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {key}", key
    for path in sorted((ROOT / "bot" / "templates").glob("*.html")):
        for start in TEMPLATE_START.findall(path.read_text("utf-8")):
            yield f"{path.name} {start}", start + "{}"
