"""The official form of the annual report as data: sections, cells, and the sums that must hold.

A cell is named by one key, ``table3.granted.business``: table, row, column. Everything that counts, checks,
writes or reads a figure speaks of cells by that key; the official labels stand in the edition's data file.
Source of the 2021 edition: 国办公开办函〔2021〕30号.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SECTION_KEYS = ("overview", "proactive", "requests", "disputes", "problems", "other")
PREAMBLE = "preamble"  # the text between the title and section one
TABLE4_PARTS = ("upheld", "corrected", "other", "pending")
FEE_CELL = "table2.administrative_fees.amount_10k_yuan"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """One row of a table: its key and its official label, with the headings above it in table 3."""

    key: str
    label: str
    section: str | None = None
    group: str | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """One column: its key and its official label."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormBlock:
    """A part of table 2 under one heading, with its own column headings."""

    heading: str
    columns: tuple[FormColumn, ...]
    first_label: str
    rows: tuple[FormRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRule:
    """``total`` must equal the sum of ``parts``; all are cell keys."""

    rule: str
    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReportForm:
    """One edition of the form."""

    edition: str
    source: str
    headings: tuple[str, ...]
    table2: tuple[FormBlock, ...]
    caption3: str
    applicant_heading: str
    organisations_heading: str
    columns3: tuple[FormColumn, ...]
    rows3: tuple[FormRow, ...]
    columns4: tuple[FormColumn, ...]
    groups4: tuple[tuple[FormRow, str | None], ...]

    @cached_property
    def cells(self) -> tuple[str, ...]:
        """Every cell's key, in the order of the page."""
        return tuple(self._cells())

    def _cells(self) -> Iterator[str]:
        for block in self.table2:
            for row in block.rows:
                yield from (f"table2.{row.key}.{column.key}" for column in block.columns)
        for row in self.rows3:
            yield from (f"table3.{row.key}.{column.key}" for column in self.columns3)
        for group, _parent in self.groups4:
            yield from (f"table4.{group.key}.{column.key}" for column in self.columns4)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The six kinds of applicant: every column of table 3 but the total."""
        return tuple(column.key for column in self.columns3 if column.key != "total")

    @cached_property
    def results(self) -> tuple[str, ...]:
        """The 21 result rows of table 3, which add up to ``results_total``."""
        frame = {"received", "carried_in", "results_total", "carried_out"}
        return tuple(row.key for row in self.rows3 if row.key not in frame)

    @cached_property
    def sums(self) -> tuple[SumRule, ...]:
        """The sums inside the form. The balance of received and carried is a rule of its own (checks)."""
        return tuple(self._sums())

    def _sums(self) -> Iterator[SumRule]:
        for column in self.columns3:
            parts = tuple(f"table3.{row}.{column.key}" for row in self.results)
            yield SumRule(
                rule="table3.results_total", total=f"table3.results_total.{column.key}", parts=parts
            )
        for row in self.rows3:
            parts = tuple(f"table3.{row.key}.{kind}" for kind in self.kinds)
            yield SumRule(rule="table3.row_total", total=f"table3.{row.key}.total", parts=parts)
        for group, _parent in self.groups4:
            parts = tuple(f"table4.{group.key}.{part}" for part in TABLE4_PARTS)
            yield SumRule(rule="table4.total", total=f"table4.{group.key}.total", parts=parts)

    def label(self, cell: str) -> str:
        """The official label of a cell, for people: row and column."""
        return self._labels[cell]

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        labels = {}
        for block in self.table2:
            for row in block.rows:
                for column in block.columns:
                    labels[f"table2.{row.key}.{column.key}"] = f"{row.label} {column.label}"
        for row in self.rows3:
            for column in self.columns3:
                labels[f"table3.{row.key}.{column.key}"] = f"{row.label} {column.label}"
        for group, parent in self.groups4:
            for column in self.columns4:
                labels[f"table4.{group.key}.{column.key}"] = f"{parent or ''}{group.label} {column.label}"
        return labels


def read_form(data: Mapping[str, Any]) -> ReportForm:
    """The form from an edition's data file (``config/data/forms``)."""
    table3, table4 = data["table3"], data["table4"]
    return ReportForm(
        edition=data["edition"],
        source=data["source"],
        headings=tuple(data["sections"]),
        table2=tuple(_block(block) for block in data["table2"]),
        caption3=table3["caption"],
        applicant_heading=table3["header"]["group"],
        organisations_heading=table3["header"]["organisations"],
        columns3=_columns(table3["columns"]),
        rows3=tuple(_row(row) for row in table3["rows"]),
        columns4=_columns(table4["columns"]),
        groups4=tuple((_row(group), group.get("parent")) for group in table4["groups"]),
    )


def _columns(columns: list[dict[str, str]]) -> tuple[FormColumn, ...]:
    return tuple(FormColumn(key=column["key"], label=column["label"]) for column in columns)


def _row(row: Mapping[str, Any]) -> FormRow:
    known = {"key", "label", "section", "group", "basis"}
    return FormRow(**{key: value for key, value in row.items() if key in known})


def _block(block: Mapping[str, Any]) -> FormBlock:
    labels = block["columns"]
    pairs = zip(block["column_keys"], labels[1:], strict=True)
    return FormBlock(
        heading=block["group"],
        columns=tuple(FormColumn(key=key, label=label) for key, label in pairs),
        first_label=labels[0],
        rows=tuple(_row(row) for row in block["rows"]),
    )
