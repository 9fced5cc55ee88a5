"""The matters that an office counts without opening a case: the figures of table 2 and the information fee.

条例 art. 20(1), (5), (6), (8); the fee by art. 42. A flow adds up over the year; a stock is what was in
force at the end of a day, moved on by what is issued and repealed after it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One countable matter: its cell (none for the information fee) and how it moves a stock, if it does."""

    key: str
    label: str
    cell: str = ""
    money: bool = False
    stock: bool = False
    changed_stock: str = ""
    """The stock that each one changes."""
    stock_change: int = 0
    synonyms: tuple[str, ...] = ()
    """Other words that offices' own registers use for it."""


_DOCUMENT_LABELS = {"regulation": "规章", "normative_document": "行政规范性文件"}


def _document_registers(key: str, row: str) -> tuple[Register, ...]:
    stock, name = f"{row}_in_force", _DOCUMENT_LABELS[key]
    moves = ((f"{key}_issued", "制发", "issued", 1), (f"{key}_repealed", "废止", "repealed", -1))
    flows = (
        Register(
            key=flow,
            label=f"{verb}{name}",
            synonyms=(f"{name}{verb}",),
            cell=f"table2.{row}.{cell}",
            changed_stock=stock,
            stock_change=by,
        )
        for flow, verb, cell, by in moves
    )
    held = "现行有效"
    count = Register(
        key=stock,
        label=f"{held}{name}",
        synonyms=(f"{name}{held}",),
        cell=f"table2.{row}.in_force",
        stock=True,
    )
    return (*flows, count)


REGISTERS: tuple[Register, ...] = (
    *_document_registers("regulation", "regulations"),
    *_document_registers("normative_document", "normative_documents"),
    Register(key="licence", label="行政许可", cell="table2.licences.decisions"),
    Register(key="penalty", label="行政处罚", cell="table2.penalties.decisions"),
    Register(key="coercive_measure", label="行政强制", cell="table2.coercive_measures.decisions"),
    Register(
        key="administrative_fee",
        label="行政事业性收费",
        cell="table2.administrative_fees.amount_10k_yuan",
        money=True,
    ),
    Register(key="information_fee", label="信息处理费", money=True, synonyms=("政府信息公开信息处理费",)),
)

REGISTERS_BY_KEY = {register.key: register for register in REGISTERS}
