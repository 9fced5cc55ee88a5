"""Records the counts of article 20 without opening a case: one short form for each register (“许可 3”)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from starlette.responses import Response

from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    day_field,
    new_idempotency_key,
    read_amount,
    read_legal_day,
    read_quantity,
)
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import confirmation_notice, late_reason_fields, record_submission
from bot.language.labels import describe_count
from config.errors import Refusal
from config.reporting.registers import REGISTERS, REGISTERS_BY_KEY, Register
from scheduler.recording.unit_of_work import UnitOfWork
from storage.eventlog.projections import CaseProjections
from storage.events.case import CountLine
from storage.events.office_events import Counted
from storage.reporting.report import format_figure

MAX_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """A register with this year's total and its form."""

    register: Register
    shown: str
    form: WebForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CountEntry:
    """One count in the list of the year."""

    position: int
    words: str
    day: date


def registers_page(page: PageRequest) -> Response:
    """The page of every register with its form, and this year's entries."""
    return _render_page(page)


def submit_count(page: PageRequest) -> Response:
    """Record one count."""
    register = REGISTERS_BY_KEY.get(page.form.get("act", ""))
    if register is None:
        raise NoSuchPage
    try:
        day = read_legal_day(page.form, page.say("page.counted_on"), page.app.today)
        fact = read_count(page, register.key, day)
        place = record_submission(page, lambda uow, key: _record_count(uow, fact, key))
    except Refusal as refused:
        return _render_page(page, page.labels.book.error(refused))
    return page.redirect(f"/registers?noted={place}")


def _record_count(uow: UnitOfWork, fact: Counted, key: str) -> None:
    uow.registers.count(
        fact.matter, fact.happened_on, quantity=fact.quantity, amount_yuan=fact.amount_yuan, key=key
    )


def read_count(page: PageRequest, matter: str, day: date) -> Counted:
    """Read a count: an amount in yuan, or a number of things, by its register. NotFilled, NotANumber, NotAnAmount."""
    register = REGISTERS_BY_KEY.get(matter)
    if register and register.money:
        amount = read_amount(page.form, page.say("page.amount"))
        return Counted(happened_on=day, matter=matter, amount_yuan=amount)
    least = (
        0 if register and register.stock else 1
    )  # a stock may be 0; an event that did not happen is not recorded
    quantity = read_quantity(page.form, page.say("page.quantity"), least=least)
    return Counted(happened_on=day, matter=matter, quantity=quantity)


def measure_field(page: PageRequest, matter: str, fact: Counted | None = None) -> WebField:
    """The field for the amount or the number that a register counts."""
    register = REGISTERS_BY_KEY.get(matter)
    if register and register.money:
        value = format_figure(fact.amount_yuan) if fact else ""
        return WebField(
            name="amount", label=page.say("page.amount"), kind="amount", required=True, value=value
        )
    value = str(fact.quantity) if fact else ""
    return WebField(
        name="quantity", label=page.say("page.quantity"), kind="number", required=True, value=value
    )


def _render_page(page: PageRequest, problem: str = "") -> Response:
    app, today = page.app, page.app.today
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        end = log.end().position
        lines = index.counts([each.key for each in REGISTERS], date(today.year, 1, 1), today)
    newest = sorted(lines, key=lambda line: -line.position)[:MAX_LINES]
    return page.render(
        "registers.html",
        422 if problem else 200,
        countings=[_register_view(page, each, lines, problem) for each in REGISTERS],
        lines=list(_count_entries(page, newest)),
        noted=confirmation_notice(page, range(1, end + 1)),
    )


def _register_view(
    page: PageRequest, register: Register, lines: list[CountLine], problem: str
) -> RegisterView:
    form = WebForm(
        key=register.key,
        title=page.labels.label(register),
        button=page.say("page.count"),
        web_fields=(
            day_field(page.say("page.counted_on"), page.app.today),
            measure_field(page, register.key),
            *late_reason_fields(page),
        ),
        action="/registers",
        idempotency_key=new_idempotency_key(),
    )
    if problem and page.form.get("act") == register.key:
        form = form.resubmitted(page.form, problem)
    return RegisterView(register=register, shown=_year_total(page, register, lines), form=form)


def _year_total(page: PageRequest, register: Register, lines: list[CountLine]) -> str:
    """This year's sum in words; of a stock register its newest count."""
    mine = [line for line in lines if line.matter == register.key]
    if register.money:
        return page.say(
            "page.so_far_yuan", amount=format_figure(Decimal(sum(line.amount_fen for line in mine)) / 100)
        )
    if register.stock:
        none = page.say("page.so_far_none")
        newest = max(mine, key=lambda line: (line.happened_on, line.position), default=None)
        return page.say("page.so_far_stock", quantity=newest.quantity) if newest else none
    return page.say("page.so_far", quantity=sum(line.quantity for line in mine))


def _count_entries(page: PageRequest, lines: list[CountLine]) -> Iterator[CountEntry]:
    for line in lines:
        fact = Counted(
            happened_on=line.happened_on,
            matter=line.matter,
            quantity=line.quantity,
            amount_yuan=Decimal(line.amount_fen) / 100,
        )
        yield CountEntry(
            position=line.position, words=describe_count(fact, page.labels), day=line.happened_on
        )
