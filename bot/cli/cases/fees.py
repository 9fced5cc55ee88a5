"""``gongkai fee``: what a request costs, line by line. Needs no office."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from typing import Annotated, Any

import typer

from bot.cli.common.output import JsonOption, said, tell, tell_json
from bot.cli.context import command_clock
from bot.services.app import words
from config.clock import office_day
from config.errors import Refusal
from config.shipped_data import shelf
from scheduler.letters.fees import (
    Asked,
    Fee,
    FeeLine,
    Schedule,
    by_item,
    by_month,
    by_page,
    read_schedules,
    schedule_on,
)

MOST = 1_000_000  # units; far above any request, and still printed at once


class OneBasis(Refusal):
    """A fee is counted by item (--items, with --before, or --asked) or by page (--pages): one of them, never both."""


class NotAsked(Refusal):
    """“{found}” is no day with a number of items. Write --asked 2026-11-03:12."""


def _count(name: str, key: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, min=0, max=MOST, help=said(key))
    return option


def fee(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    items: Annotated[int | None, _count("--items", "fee.items")] = None,
    before: Annotated[int | None, _count("--before", "fee.before")] = None,
    pages: Annotated[int | None, _count("--pages", "fee.pages")] = None,
    asked: Annotated[list[str] | None, typer.Option("--asked", help=said("fee.asked"))] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=said("fee.on"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What a request costs, or what one applicant's requests cost in their months."""
    if asked:
        if (items, before, pages) != (None, None, None):
            raise OneBasis
        _tell_months([_asked(text) for text in asked], as_json=as_json)
        return
    day = on.date() if on else office_day(command_clock(context).now())
    schedule = schedule_on(schedules(), day)
    made = reckoned(schedule, items=items, before=before, pages=pages)
    if as_json:
        tell_json(_as_data(made, day))
    else:
        _tell(made, schedule)


def _asked(text: str) -> Asked:
    day, _, number = text.partition(":")
    try:
        return Asked(date.fromisoformat(day), int(number))
    except ValueError as error:
        raise NotAsked(found=text) from error


def _tell_months(requests: list[Asked], *, as_json: bool) -> None:
    """Each request's fee; what the applicant asked before in the same calendar month counts with it."""
    fees = by_month(requests, schedules())
    if as_json:
        tell_json([_as_data(made, request.day) for request, made in zip(requests, fees, strict=True)])
        return
    for request, made in zip(requests, fees, strict=True):
        tell("fee.asked", day=request.day, items=request.items, before=made.before, amount=made.amount_yuan)
    tell("fee.total", amount=sum(made.amount_yuan for made in fees))


def reckoned(schedule: Schedule, *, items: int | None, before: int | None, pages: int | None) -> Fee:
    """The fee by item or by page. OneBasis where it cannot be told which."""
    if pages is not None and items is None and before is None:
        return by_page(pages, schedule)
    if items is not None and pages is None:
        return by_item(before or 0, items, schedule)
    raise OneBasis


def schedules() -> tuple[Schedule, ...]:
    """The shipped fee tables."""
    return read_schedules(tomllib.loads((shelf() / "fees.toml").read_text("utf-8")))


def _tell(made: Fee, schedule: Schedule) -> None:
    tell(f"fee.title.{made.basis}", before=made.before, title=schedule.title, number=schedule.number)
    for line in made.lines:
        rate = line.band.yuan
        key = "fee.line" if rate else "fee.free"
        unit = words().say(f"fee.unit.{made.basis}.{'one' if line.count == 1 else 'many'}")
        band = _band(line, words().say(f"fee.unit.{made.basis}.many"))
        tell(key, band=band, count=line.count, unit=unit, yuan=rate, amount=line.amount_yuan)
    tell("fee.total", amount=made.amount_yuan)


def _band(line: FeeLine, unit: str) -> str:
    key = "fee.band" if line.band.last else "fee.band_open"
    return words().say(key, first=line.band.first, last=line.band.last, unit=unit)


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
