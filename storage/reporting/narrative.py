"""Renders the report's prose from an office's text templates and the year's figures.

A figure in the prose is taken from the same cells as the tables, so the two cannot disagree. Templates are
written by the office itself, so they run in a sandbox: they can read figures and nothing else. Plain text
comes out; each writer escapes for its own format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from types import SimpleNamespace, TracebackType
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from config.declarations.disclosure_topics import SUBJECTS
from config.errors import BadInput
from config.findings import Finding
from config.office.model import Office
from config.reporting.case_figures import PUBLISHED_IN
from config.reporting.form import PREAMBLE, SECTION_KEYS
from storage.reporting.report import Figure, format_figure

TEMPLATE_KEYS = (PREAMBLE, *SECTION_KEYS)
YUAN_PER_WAN = 10_000
_FOLDER = "prose/"
_SUFFIX = ".txt"
_SUGGESTION_CUTOFF = 0.7  # below it a suggestion misleads more than it helps ("range" → "granted" is 0.67)
_TEMPLATE_ERRORS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a faulty template can raise while it runs; anything else is a fault of the program and flies."""

Paragraphs = tuple[str, ...]


def choose_templates(files: Mapping[str, str], year: int) -> dict[str, str]:
    """Of an office's template files, the ones for a year: ``prose/<year>/…`` wins over ``prose/…``.

    Paths are relative to the office's folder, with forward slashes, and stay the keys of the result, so that
    a finding can name the file. A file of no section's name is kept too: ``render_prose`` refuses it.
    """
    chosen = {}
    for folder in (_FOLDER, f"{_FOLDER}{year}/"):
        for path, text in files.items():
            name = path.removeprefix(folder)
            if path.startswith(folder) and name.endswith(_SUFFIX) and "/" not in name:
                chosen[name] = (path, text)
    return dict(chosen.values())


def render_prose(
    templates: Mapping[str, str],
    figures: Mapping[str, Figure],
    office: Office,
    year: int,
    extra: Mapping[str, Figure],
    *,
    last: Mapping[str, Figure] | None = None,
) -> tuple[Paragraphs, dict[str, Paragraphs]]:
    """The preamble and each section's paragraphs; a section without a template has none.

    ``templates`` is keyed by path or by section key. ``extra`` holds figures that stand in no cell; the
    shipped templates ask for ``fee_yuan``, the information fees collected in the year, in yuan. ``last`` holds the
    figures of the year before, cells and others, for ``before(name)`` and ``since(name, unit)``; None where nobody
    knows them: what was not recorded is not compared. ``subjects_published()`` and ``published_by_subject()`` tell of
    the catalogue.
    ``BadInput`` carries a finding for every faulty template.
    """
    names = _template_names(figures, office, year, extra)
    names |= _comparisons(_by_name({**figures, **extra}), _by_name(last or {}))
    names |= _published_subjects(extra)
    rendered: dict[str, Paragraphs] = {}
    findings: list[Finding] = []
    for path, text in templates.items():
        key = path.rpartition("/")[2].removesuffix(_SUFFIX)
        if key not in TEMPLATE_KEYS:
            findings.append(_unknown_file(path, key))
            continue
        try:
            rendered[key] = _paragraphs(_template(path, text.removeprefix("\ufeff")).render(names))
        except _TEMPLATE_ERRORS as error:
            findings.append(_template_finding(error, path, text, names))
    if findings:
        raise BadInput(findings, file=", ".join(dict.fromkeys(found.words["file"] for found in findings)))
    return rendered.get(PREAMBLE, ()), {key: rendered.get(key, ()) for key in SECTION_KEYS}


@lru_cache(maxsize=64)  # a report asks for some ten, and a year's reports for the same ones
def _template(path: str, text: str) -> Template:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader({path: text}),
        undefined=StrictUndefined,
        autoescape=False,  # plain text: each writer escapes for its own format
        finalize=_format_value,
    )
    environment.globals.clear()  # a template knows only the names that are passed to it
    environment.filters["wan"] = in_wan
    return environment.get_template(path)


def _template_names(
    figures: Mapping[str, Figure], office: Office, year: int, extra: Mapping[str, Figure]
) -> dict[str, Any]:
    """Every name that a template may use: the tables, and each row of table 3 by its total."""
    names: dict[str, Any] = {"year": year, "office": office, "cell": _cell_reader(figures)}
    for table in ("table2", "table3", "table4"):
        names[table] = _table(figures, table)
    for row, columns in vars(names["table3"]).items():
        if hasattr(columns, "total"):
            names[row] = columns.total
    return {**names, **extra}


def _by_name(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Figures by every name that a template may write: a cell's, a row's of table 3 for its total, and the others."""
    totals = {
        cell.removeprefix("table3.").removesuffix(".total"): figure
        for cell, figure in figures.items()
        if cell.startswith("table3.") and cell.endswith(".total")
    }
    return {**totals, **figures}


def _comparisons(now: Mapping[str, Figure], last: Mapping[str, Figure]) -> dict[str, Any]:
    """``before(name)``, last year's figure or 0, and ``since(name, unit)``, what differs from it, in brackets.

    Where last year's is not known, nothing is said of it. An unknown name is a fault of the template.
    """

    def before(name: str) -> Figure | StrictUndefined:
        return last.get(name, 0) if name in now else StrictUndefined(name=name)

    def since(name: str, unit: str) -> str | StrictUndefined:
        if name not in now:
            return StrictUndefined(name=name)
        return _difference(now[name], last[name], unit) if name in last else ""

    return {"before": before, "since": since}


def _published_subjects(extra: Mapping[str, Figure]) -> dict[str, Any]:
    """``subjects_published()``: on how many subjects of the law; ``published_by_subject()``: which, and how many."""
    found = {label: extra.get(f"{PUBLISHED_IN}{subject}", 0) for subject, label in SUBJECTS.items()}
    published = [f"{label}{count}条" for label, count in found.items() if count]
    return {
        "subjects_published": lambda: len(published),
        "published_by_subject": lambda: "；".join(published),  # the labels have “、” inside
    }


def _difference(now: Figure, before: Figure, unit: str) -> str:
    if not isinstance(now, (int, Decimal)) or not isinstance(before, (int, Decimal)):
        return ""  # a cell that was left empty, or holds no number, is compared with nothing
    if now == before:
        return "（与上年持平）" if now else ""
    change = Decimal(now) - Decimal(before)
    word = "增加" if change > 0 else "减少"
    return f"（比上年{word}{format_figure(abs(change))}{unit}）"


def _table(figures: Mapping[str, Figure], table: str) -> SimpleNamespace:
    rows: dict[str, SimpleNamespace] = {}
    for cell, figure in figures.items():
        owner, row, column = cell.split(".")
        if owner == table:
            setattr(rows.setdefault(row, SimpleNamespace()), column, figure)
    return SimpleNamespace(**rows)


def _cell_reader(figures: Mapping[str, Figure]) -> Any:
    def cell(key: str) -> Figure | StrictUndefined:
        return figures[key] if key in figures else StrictUndefined(name=key)

    return cell


def in_wan(yuan: Figure) -> Decimal:
    """Yuan in units of ten thousand (万元), exact: nothing is rounded."""
    try:
        return Decimal(str(yuan)) / YUAN_PER_WAN
    except InvalidOperation as error:
        raise ValueError(yuan) from error


def _format_value(value: Any) -> Any:
    """Print decimals as everywhere else; an undefined name still raises."""
    return format_figure(value) if isinstance(value, Decimal) else value


def _paragraphs(text: str) -> Paragraphs:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _unknown_file(path: str, key: str) -> Finding:
    near = get_close_matches(key, TEMPLATE_KEYS, n=1)
    expected = ", ".join(f"{name}{_SUFFIX}" for name in near or TEMPLATE_KEYS)
    return Finding(rule="prose.unknown_file", found=path, expected=expected, words={"file": path})


def _template_finding(error: Exception, path: str, text: str, names: Mapping[str, Any]) -> Finding:
    line = error.lineno if isinstance(error, TemplateSyntaxError) else _template_line(error.__traceback__)
    rule = "template"
    wrong = expected = ""
    if isinstance(error, TemplateSyntaxError):
        rule = "syntax"
    elif isinstance(error, UndefinedError):
        wrong = _undefined_name(str(error))
        expected = _near_names(wrong, names)
        rule = "misspelt_name" if expected else "unknown_name"
    return Finding(
        rule=f"prose.{rule}",
        place=f"line {line}",
        found=wrong or "".join(text.splitlines()[line - 1 : line]).strip(),
        expected=expected,
        words={"file": path, "line": str(line), "problem": str(error), "names": ", ".join(sorted(names))},
    )


def _template_line(trace: TracebackType | None) -> int:
    """The line of the template, which jinja2 puts into the trace under this file name."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _undefined_name(message: str) -> str:
    """The name that an ``UndefinedError`` is about, which only its sentence carries."""
    quoted = re.findall(r"'([^']+)'", message)
    return quoted[-1] if quoted else message


def _near_names(wrong: str, names: Mapping[str, Any]) -> str:
    """The most similar name among all that may be used, in any table."""
    said_of_office = {*dir(Office), *(each.name for each in fields(Office))}
    known = set(names) | {f"office.{name}" for name in said_of_office if not name.startswith("_")}
    for table in ("table2", "table3", "table4"):
        known |= set(_dotted(table, names[table]))
    last = {name.rpartition(".")[2]: name for name in sorted(known, key=len, reverse=True)}
    near = get_close_matches(wrong, known, n=1, cutoff=_SUGGESTION_CUTOFF) or get_close_matches(
        wrong, last, n=1, cutoff=_SUGGESTION_CUTOFF
    )
    return last.get(near[0], near[0]) if near else ""


def _dotted(table: str, rows: SimpleNamespace) -> Iterable[str]:
    for row, columns in vars(rows).items():
        yield f"{table}.{row}"
        yield from (f"{table}.{row}.{column}" for column in vars(columns))
