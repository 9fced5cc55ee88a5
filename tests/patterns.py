"""Collects every regular expression of the program, and makes the texts on which each would be slowest."""

from __future__ import annotations

import ast
import importlib
import re
import re._constants as kinds
import re._parser as parser
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from storage.reading.texts.wordlist_loader import load_wordlist
from tests.paths import ROOT

PARTS = ("config", "storage", "scheduler", "bot")
ANCHORED = frozenset({"match", "fullmatch"})
METHODS = frozenset({"search", "finditer", "findall", "sub", "split", *ANCHORED})
Found = tuple[str, re.Pattern[Any], bool]
"""Where a pattern stands, the pattern, and whether it is only ever tried at the beginning of a text."""


def every_pattern() -> dict[tuple[Any, int, bool], str]:
    """Return every pattern with its flags and whether it is anchored, and the place where it stands."""
    found = {}
    for place, pattern, anchored in (*_of_modules(), *_of_calls(), *_of_values(load_wordlist(), "wordlist")):
        found.setdefault((pattern.pattern, pattern.flags, anchored), place)
    return found


@cache
def _sources() -> Mapping[str, ast.Module]:
    paths = [
        path for part in PARTS for path in sorted((ROOT / part).rglob("*.py")) if "versions" not in path.parts
    ]
    return {_module_name(path): ast.parse(path.read_text("utf-8")) for path in paths if path.name != "env.py"}


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def _uses() -> Mapping[tuple[str, str], set[str]]:
    """Return the methods called on each name, by module and name; a name that is handed on may be searched with."""
    used: dict[tuple[str, str], set[str]] = {}
    for module, tree in _sources().items():
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)]
        methods = {
            id(node.value): node.attr
            for node in nodes
            if isinstance(node, ast.Attribute) and node.attr in METHODS
        }
        for node in nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used.setdefault((module, node.id), set()).add(methods.get(id(node), "search"))
    return used


def _is_anchored(module: str, name: str) -> bool:
    """Whether a pattern is only tried at the beginning of a text, wherever its name is used."""
    places = [module] if name.startswith("_") else list(_sources())
    used = {method for place in places for method in _uses().get((place, name), ())}
    return bool(used) and used <= ANCHORED


def _of_modules() -> Iterator[Found]:
    for name in _sources():
        for key, value in vars(importlib.import_module(name)).items():
            if not key.startswith("__"):
                for place, pattern, _ in _of_values(value, f"{name}.{key}"):
                    yield place, pattern, _is_anchored(name, key)


def _of_values(value: Any, place: str, depth: int = 4) -> Iterator[Found]:
    """Yield the patterns in a value, inside containers and records too."""
    if isinstance(value, re.Pattern):
        yield place, value, False
    elif depth and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _of_values(inner, f"{place}[{key}]", depth - 1)
    elif depth and isinstance(value, tuple | list):
        for at, inner in enumerate(value):
            yield from _of_values(inner, f"{place}[{at}]", depth - 1)
    elif depth and is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _of_values(getattr(value, each.name), f"{place}.{each.name}", depth - 1)


def _of_calls() -> Iterator[Found]:
    """Yield the patterns written inside functions, ``re.sub("…", …)``: they are in no module's names."""
    for name, _function, node in _re_calls():
        words = node.args[0]
        if isinstance(words, ast.Constant) and isinstance(words.value, str | bytes):
            yield f"{name}:{node.lineno}", re.compile(words.value), node.func.attr in ANCHORED


@cache
def _re_calls() -> tuple[tuple[str, str, Any], ...]:
    """Every call of ``re`` inside a function, with its module and the function."""
    return tuple(
        (name, function.name, node)
        for name, tree in _sources().items()
        for function in _functions(tree)
        for node in ast.walk(function)
        if _is_re_call(node)
    )


def _is_re_call(node: Any) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in {*METHODS, "compile"}
        and bool(node.args)
    )


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def computed_patterns() -> set[str]:
    """Return the places where a function makes a pattern while it runs, so that no module holds it."""
    return {
        f"{name}.{function}"
        for name, function, node in _re_calls()
        if not isinstance(node.args[0], ast.Constant)
    }


def worst_texts(pattern: Any, flags: int) -> list[str]:
    """Return pieces: ``front``, ``repeated``, ``end`` of the texts a pattern could be slow on."""
    said = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    tree = parser.parse(said, flags & ~re.UNICODE & ~re.LOCALE if isinstance(pattern, bytes) else flags)
    whole = _sample(tree)
    pieces = {(front, piece, "") for front, piece in _repeats(tree, "")}
    pieces |= {("", front + piece, "") for front, piece in _repeats(tree, "")}
    pieces |= {("", front, "") for front, _piece in _repeats(tree, "")}
    pieces |= {("", piece, "") for piece in (whole, whole[:1], whole[:-1], " ", "\n", "\t", "1", "a", "内")}
    ends = ("", "\x01", "x", "中")
    return sorted({(front, piece, end) for front, piece, _ in pieces if piece for end in ends})


def _sample(tree: Any) -> str:
    """Return a text that the pattern is likely to match: the first of each choice, each piece once."""
    return "".join(_sample_of(kind, value) for kind, value in tree)


def _sample_of(kind: Any, value: Any) -> str:  # noqa: PLR0911 - one line for each kind of node
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.NOT_LITERAL:
        return "，" if chr(value) != "，" else "x"
    if kind is kinds.ANY:
        return "x"
    if kind is kinds.IN:
        return _of_class(value)
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
        least, _most, inner = value
        return _sample(inner) * max(1, min(least, 40))
    if kind is kinds.SUBPATTERN:
        return _sample(value[3])
    if kind is kinds.ATOMIC_GROUP:
        return _sample(value)
    if kind is kinds.BRANCH:
        return _sample(value[1][0])
    return ""


def _of_class(items: Any) -> str:
    negated = items[0][0] is kinds.NEGATE
    if negated:
        tried = re.compile(_class_text(items))
        return next(sign for sign in "x1 中，@\n\x02" if tried.match(sign))
    kind, value = items[0]
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.RANGE:
        return chr(value[0])
    return {kinds.CATEGORY_DIGIT: "1", kinds.CATEGORY_SPACE: " ", kinds.CATEGORY_WORD: "1"}.get(value, "@")


def _class_text(items: Any) -> str:
    texts = []
    names = {
        kinds.CATEGORY_DIGIT: r"\d",
        kinds.CATEGORY_SPACE: r"\s",
        kinds.CATEGORY_WORD: r"\w",
        kinds.CATEGORY_NOT_DIGIT: r"\D",
        kinds.CATEGORY_NOT_SPACE: r"\S",
        kinds.CATEGORY_NOT_WORD: r"\W",
    }
    for kind, value in items:
        if kind is kinds.NEGATE:
            texts.append("^")
        elif kind is kinds.LITERAL:
            texts.append(re.escape(chr(value)))
        elif kind is kinds.RANGE:
            texts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        else:
            texts.append(names[value])
    return f"[{''.join(texts)}]"


def _repeats(tree: Any, front: str) -> Iterator[tuple[str, str]]:
    """Yield each repeated piece with a text that leads to it."""
    for kind, value in tree:
        if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT):
            _least, most, inner = value
            if most > 1:
                for piece in _choices(inner):
                    yield front, piece
            yield from _repeats(inner, front)
        elif kind is kinds.SUBPATTERN:
            yield from _repeats(value[3], front)
        elif kind is kinds.ATOMIC_GROUP:
            yield from _repeats(value, front)
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                yield from _repeats(branch, front)
        elif kind in (kinds.ASSERT, kinds.ASSERT_NOT):
            yield from _repeats(value[1], front)
        front += _sample_of(kind, value)


def _choices(tree: Any) -> list[str]:
    """Return the pieces a repeat may take: each branch, and of a class the signs a person would type."""
    found = {_sample(tree)}
    for kind, value in tree:
        if kind is kinds.NOT_LITERAL:
            found |= {sign for sign in " 1ax中" if sign != chr(value)}
        elif kind is kinds.IN:
            allowed = re.compile(_class_text(value))
            found |= {sign for sign in " \t1a中-." if allowed.match(sign)}
        elif kind is kinds.BRANCH:
            found |= {_sample(branch) for branch in value[1]}
        elif kind is kinds.SUBPATTERN:
            found |= set(_choices(value[3]))
    return sorted(found)
