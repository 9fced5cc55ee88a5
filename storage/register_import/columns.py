"""Matches the columns of a file with the header names of the three registers, in English and Chinese.

Offices' spreadsheets contain these names, so they may be added to, never changed. The order of columns is free;
unknown columns are ignored with a note.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from config.findings import Finding, Severity
from storage.register_import.word_matching import SUGGESTION_CUTOFF, fold_word

RegisterKind = Literal["requests", "registers", "disputes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumn:
    """One column: its key, which is also its English header, and its Chinese header."""

    key: str
    chinese: str
    required: bool = True

    @property
    def accepted(self) -> str:
        """The header names that are accepted for this column."""
        return f"{self.key} / {self.chinese}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumns:
    """The columns found in one file: the index of each, and its header as written there."""

    places: Mapping[str, int]
    written: Mapping[str, str]
    labelled_positions: frozenset[int]

    def is_chinese(self, key: str) -> bool:
        """Whether the file names the column in Chinese, so that messages list allowed values in Chinese."""
        return not self.written.get(key, "").isascii()


LAYOUTS: Mapping[RegisterKind, tuple[RegisterColumn, ...]] = MappingProxyType(
    {
        "requests": (
            RegisterColumn(key="number", chinese="编号"),
            RegisterColumn(key="received_on", chinese="收到日期"),
            RegisterColumn(key="applicant_kind", chinese="申请人类型"),
            RegisterColumn(key="closed_on", chinese="办结日期"),
            RegisterColumn(key="result", chinese="办理结果"),
            RegisterColumn(key="channel", chinese="收到方式", required=False),
            RegisterColumn(key="due_on", chinese="答复期限", required=False),
            RegisterColumn(key="extended_days", chinese="延期天数", required=False),
            RegisterColumn(key="note", chinese="备注", required=False),
            RegisterColumn(key="content", chinese="申请内容", required=False),
            RegisterColumn(key="provided_as", chinese="提供方式", required=False),
        ),
        "registers": (
            RegisterColumn(key="date", chinese="日期"),
            RegisterColumn(key="kind", chinese="事项"),
            RegisterColumn(key="quantity", chinese="数量"),
            RegisterColumn(key="amount_yuan", chinese="金额（元）"),
        ),
        "disputes": (
            RegisterColumn(key="number", chinese="编号"),
            RegisterColumn(key="route", chinese="途径"),
            RegisterColumn(key="filed_on", chinese="受理日期"),
            RegisterColumn(key="concluded_on", chinese="审结日期"),
            RegisterColumn(key="outcome", chinese="结果"),
        ),
    }
)


def _columns_by_name(kind: RegisterKind) -> dict[str, RegisterColumn]:
    return {fold_word(name): column for column in LAYOUTS[kind] for name in (column.key, column.chinese)}


COLUMNS_BY_NAME: Mapping[RegisterKind, Mapping[str, RegisterColumn]] = MappingProxyType(
    {kind: _columns_by_name(kind) for kind in LAYOUTS}
)


def header_score(cells: Iterable[str]) -> int:
    """Return how many columns these cells name, of the register that fits them best."""
    words = {fold_word(cell) for cell in cells}
    return max(len({names[word].key for word in words & names.keys()}) for names in COLUMNS_BY_NAME.values())


def match_columns(
    kind: RegisterKind, header: Sequence[str], line: int
) -> tuple[RegisterColumns, list[Finding]]:
    """Match the columns of a header; return them with the findings about the header on this line."""
    names = COLUMNS_BY_NAME[kind]
    places: dict[str, int] = {}
    findings = []
    for at, name in enumerate(header):
        column = names.get(fold_word(name))
        if column is None:
            findings += [_unknown_column(kind, name, line)] if name else []
        elif column.key in places:
            findings.append(_finding("duplicate_column", line, column=name))
        else:
            places[column.key] = at
    findings += [
        _finding(
            "missing_column",
            line,
            column=column.accepted,
            found=_header_excerpt(header),
            expected=column.accepted,
        )
        for column in LAYOUTS[kind]
        if column.required and column.key not in places
    ]
    written = {key: header[at] for key, at in places.items()}
    named = frozenset(at for at, name in enumerate(header) if name)
    return RegisterColumns(places=places, written=written, labelled_positions=named), findings


def _unknown_column(kind: RegisterKind, name: str, line: int) -> Finding:
    """Make the note about a column that is ignored, with the nearest known names."""
    near = difflib.get_close_matches(
        fold_word(name)[:60], COLUMNS_BY_NAME[kind], n=1, cutoff=SUGGESTION_CUTOFF
    )
    likely = near or list(COLUMNS_BY_NAME[kind])
    accepted = dict.fromkeys(COLUMNS_BY_NAME[kind][word].accepted for word in likely)
    severity = Severity.NOTE
    return _finding("unknown_column", line, severity, column=name[:40], expected=", ".join(accepted))


def _header_excerpt(header: Sequence[str]) -> str:
    """Return the header as it was found, shortened for a message."""
    text = ", ".join(name for name in header if name)
    return text if len(text) <= 120 else text[:119] + "…"  # noqa: PLR2004 - two lines of a message


def _finding(rule: str, line: int, severity: Severity = Severity.ERROR, **parts: str) -> Finding:
    words = {"line": str(line)}
    return Finding(rule=f"register.{rule}", severity=severity, place=f"line {line}", words=words, **parts)
