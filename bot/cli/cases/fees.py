"""``gongkai fee``: computes the fee of a request, line by line; needs no office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import typer

from bot.cli.common.context import command_clock
from bot.cli.common.options import JsonOption
from bot.cli.common.output import help_text, print_json, print_phrase
from bot.services.app import user_phrasebook
from bot.services.letters.fee_calculation import OneBasis, calculate_fee, fee_schedules
from config.clock import office_day
from config.errors import Refusal
from scheduler.letters.fees import (
    Fee,
    FeeLine,
    FeeRequest,
    Schedule,
    fees_by_month,
    schedule_on,
)

MAX_COUNT = 1_000_000  # units; far above any request, and still printed at once


class NotAsked(Refusal):
    """“{found}” is no day with a number of items. Write --asked 2026-11-03:12."""


def _count_option(name: str, key: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, min=0, max=MAX_COUNT, help=help_text(key))
    return option


def fee(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    items: Annotated[int | None, _count_option("--items", "fee.items")] = None,
    before: Annotated[int | None, _count_option("--before", "fee.before")] = None,
    pages: Annotated[int | None, _count_option("--pages", "fee.pages")] = None,
    asked: Annotated[list[str] | None, typer.Option("--asked", help=help_text("fee.asked"))] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=help_text("fee.on"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Compute the fee of a request, or of one applicant's requests by month."""
    if asked:
        if (items, before, pages) != (None, None, None):
            raise OneBasis
        _print_monthly_fees([_parse_request_count(text) for text in asked], as_json=as_json)
        return
    day = on.date() if on else office_day(command_clock(context).now())
    schedule = schedule_on(fee_schedules(), day)
    made = calculate_fee(schedule, items=items, before=before, pages=pages)
    if as_json:
        print_json(_as_data(made, day))
    else:
        _print_fee(made, schedule)


def _parse_request_count(text: str) -> FeeRequest:
    day, _, number = text.partition(":")
    try:
        return FeeRequest(date.fromisoformat(day), int(number))
    except ValueError as error:
        raise NotAsked(found=text) from error


def _print_monthly_fees(requests: list[FeeRequest], *, as_json: bool) -> None:
    """Print each request's fee; the applicant's earlier requests of the same calendar month count as well."""
    fees = fees_by_month(requests, fee_schedules())
    if as_json:
        print_json([_as_data(made, request.day) for request, made in zip(requests, fees, strict=True)])
        return
    for request, made in zip(requests, fees, strict=True):
        print_phrase(
            "fee.asked", day=request.day, items=request.items, before=made.before, amount=made.amount_yuan
        )
    print_phrase("fee.total", amount=sum(made.amount_yuan for made in fees))


def _print_fee(made: Fee, schedule: Schedule) -> None:
    print_phrase(f"fee.title.{made.basis}", before=made.before, title=schedule.title, number=schedule.number)
    for line in made.lines:
        rate = line.band.yuan
        key = "fee.line" if rate else "fee.free"
        unit = user_phrasebook().say(f"fee.unit.{made.basis}.{'one' if line.count == 1 else 'many'}")
        band = _band_text(line, user_phrasebook().say(f"fee.unit.{made.basis}.many"))
        print_phrase(key, band=band, count=line.count, unit=unit, yuan=rate, amount=line.amount_yuan)
    print_phrase("fee.total", amount=made.amount_yuan)


def _band_text(line: FeeLine, unit: str) -> str:
    key = "fee.band" if line.band.last else "fee.band_open"
    return user_phrasebook().say(key, first=line.band.first, last=line.band.last, unit=unit)


def _as_data(made: Fee, day: date) -> dict[str, Any]:
    lines = [
        {
            "from": line.band.first,
            "to": line.band.last,
            "count": line.count,
            "yuan_each": line.band.yuan,
            "amount_yuan": line.amount_yuan,
        }
        for line in made.lines
    ]
    head = {"basis": made.basis.value, "on": day.isoformat(), "number": made.number, "before": made.before}
    return {**head, "lines": lines, "amount_yuan": made.amount_yuan}
