"""Counting what article 20 counts, without opening a case: one short form for each register (“许可 3”)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from starlette.responses import Response

from bot.channels.web.request.forms import (
    Blank,
    Form,
    day_blank,
    new_once,
    read_amount,
    read_happened,
    read_quantity,
)
from bot.channels.web.request.late_entries import late_blanks
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import noted, record
from bot.language.labels import counted_words
from config.errors import Refusal
from config.reporting.registers import BY_KEY, REGISTERS, Register
from scheduler.recording.unit_of_work import Sitting
from storage.eventlog.projections import Index
from storage.events.case import CountLine
from storage.events.events import Counted
from storage.reporting.report import plain

MOST_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A register: what this year holds of it, and its form."""

    register: Register
    shown: str
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class CountShown:
    """One entry of a register in the list."""

    position: int
    words: str
    day: date


def registers(visit: Visit) -> Response:
    """Every register with its form, and this year's entries."""
    return _shown(visit)


def count(visit: Visit) -> Response:
    """Record one count."""
    register = BY_KEY.get(visit.form.get("act", ""))
    if register is None:
        raise NoSuchPage
    try:
        day = read_happened(visit.form, visit.say("page.counted_on"))
        fact = read_counted(visit, register.key, day)
        place = record(visit, lambda desk, key: _count(desk, fact, key))
    except Refusal as refused:
        return _shown(visit, visit.labels.book.error(refused))
    return visit.go(f"/registers?noted={place}")


def _count(desk: Sitting, fact: Counted, key: str) -> None:
    desk.count(fact.matter, fact.happened_on, quantity=fact.quantity, amount_yuan=fact.amount_yuan, key=key)


def read_counted(visit: Visit, matter: str, day: date) -> Counted:
    """What was counted: an amount of money, or a number of things."""
    register = BY_KEY.get(matter)
    if register and register.money:
        amount = read_amount(visit.form, visit.say("page.amount"))
        return Counted(happened_on=day, matter=matter, amount_yuan=amount)
    least = 0 if register and register.stock else 1  # nothing in force is a count; nothing done is none
    quantity = read_quantity(visit.form, visit.say("page.quantity"), least=least)
    return Counted(happened_on=day, matter=matter, quantity=quantity)


def measure_blank(visit: Visit, matter: str, fact: Counted | None = None) -> Blank:
    """What is asked of a register beside the day."""
    register = BY_KEY.get(matter)
    if register and register.money:
        value = plain(fact.amount_yuan) if fact else ""
        return Blank(name="amount", label=visit.say("page.amount"), kind="amount", required=True, value=value)
    value = str(fact.quantity) if fact else ""
    return Blank(name="quantity", label=visit.say("page.quantity"), kind="number", required=True, value=value)


def _shown(visit: Visit, problem: str = "") -> Response:
    works, today = visit.works, visit.works.today
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        end = log.end().position
        lines = index.counts([each.key for each in REGISTERS], date(today.year, 1, 1), today)
    newest = sorted(lines, key=lambda line: -line.position)[:MOST_LINES]
    return visit.show(
        "registers.html",
        422 if problem else 200,
        countings=[_counting(visit, each, lines, problem) for each in REGISTERS],
        lines=list(_listed(visit, newest)),
        noted=noted(visit, range(1, end + 1)),
    )


def _counting(visit: Visit, register: Register, lines: list[CountLine], problem: str) -> Counting:
    form = Form(
        key=register.key,
        title=visit.labels.of(register),
        button=visit.say("page.count"),
        blanks=(
            day_blank(visit.say("page.counted_on"), visit.works.today),
            measure_blank(visit, register.key),
            *late_blanks(visit),
        ),
        action="/registers",
        once=new_once(),
    )
    if problem and visit.form.get("act") == register.key:
        form = form.again(visit.form, problem)
    return Counting(register=register, shown=_so_far(visit, register, lines), form=form)


def _so_far(visit: Visit, register: Register, lines: list[CountLine]) -> str:
    """This year's sum; of a stock the newest count."""
    mine = [line for line in lines if line.matter == register.key]
    if register.money:
        return visit.say(
            "page.so_far_yuan", amount=plain(Decimal(sum(line.amount_fen for line in mine)) / 100)
        )
    if register.stock:
        none = visit.say("page.so_far_none")
        newest = max(mine, key=lambda line: (line.happened_on, line.position), default=None)
        return visit.say("page.so_far_stock", quantity=newest.quantity) if newest else none
    return visit.say("page.so_far", quantity=sum(line.quantity for line in mine))


def _listed(visit: Visit, lines: list[CountLine]) -> Iterator[CountShown]:
    for line in lines:
        fact = Counted(
            happened_on=line.happened_on,
            matter=line.matter,
            quantity=line.quantity,
            amount_yuan=Decimal(line.amount_fen) / 100,
        )
        yield CountShown(
            position=line.position, words=counted_words(fact, visit.labels), day=line.happened_on
        )
