"""``gongkai tick`` runs one sweep; ``gongkai month`` shows the villages' months and their scores."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption, JsonOption
from bot.cli.common.output import day_or_none, help_text, print_json, print_phrase
from bot.language.labels import Labels
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.villages.board import list_items
from bot.services.villages.months import VillageMonthView, list_village_months, parse_month
from config.errors import GongkaiError, Refusal
from config.office.model import Village
from scheduler.sweep.results import SweepAction, SweepFailure
from scheduler.sweep.sweep import sweep
from scheduler.villages.months import quarter_months
from scheduler.villages.scoring import Score, ScoreLine, score
from storage.eventlog.projections import CaseProjections
from storage.reporting.report import format_figure

app = typer.Typer(help=help_text("month.group"), no_args_is_help=True)

VillageArgument = Annotated[str, typer.Argument(help=help_text("month.village"))]
MonthArgument = Annotated[str, typer.Argument(help=help_text("month.month"))]


class NoSuchVillage(Refusal):
    """There is no village “{found}”. Known: {known}."""


class NoSuchMonth(Refusal):
    """{village} has no month {month}. gongkai tick opens the months of the villages; see [months] in office.toml."""


def tick(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """Run one sweep, and print the cases it opened, closed and corrected."""
    office_app = open_office(context, home)
    swept = sweep(office_app.recorder, office_app.schemes(), office_app.unreachable_people)
    if as_json:
        deeds = [
            {"what": deed.what, "reference": deed.reference, "day": deed.day, "outcome": deed.outcome}
            for deed in swept.actions
        ]
        print_json({"deeds": deeds, "stuck": [stuck.reference for stuck in swept.failures]})
    else:
        names = _case_names(office_app, swept.actions)
        for deed in swept.actions:
            outcome = deed.duty.outcome(deed.outcome)
            label = outcome.label if outcome else ""
            name = names[deed.duty.kind, deed.reference]
            print_phrase(f"tick.{deed.what}", kind=deed.duty.label, name=name, outcome=label, day=deed.day)
        print_phrase("tick.done" if swept.actions else "tick.nothing", count=len(swept.actions))
    _print_failures(swept.failures)
    raise typer.Exit(1 if swept.failures else 0)


def _case_names(office_app: OfficeApp, deeds: tuple[SweepAction, ...]) -> dict[tuple[str, str], str]:
    """The names of the cases in a sweep's result, by kind and reference."""
    labels, found = Labels(book=user_phrasebook(), office=office_app.office), {}
    with office_app.log() as log:
        index = CaseProjections(log.connection, log.office, office_app.duties)
        for kind in {deed.duty.kind for deed in deeds}:
            numbers = index.find(kind, [deed.reference for deed in deeds if deed.duty.kind == kind])
            cases = index.cases(list(numbers.values()))
            for reference, number in numbers.items():
                found[kind, reference] = labels.case_title(cases[number].opening, number)
    return found


def _print_failures(stuck_: tuple[SweepFailure, ...]) -> None:
    """Print the refusals of a sweep; raise its first fault last, so that its trace is logged."""
    for stuck in stuck_:
        why = (
            user_phrasebook().error(stuck.error)
            if isinstance(stuck.error, GongkaiError)
            else type(stuck.error).__name__
        )
        typer.echo(user_phrasebook().say("tick.stuck", reference=stuck.reference, why=why), err=True)
    faults = [stuck.error for stuck in stuck_ if not isinstance(stuck.error, GongkaiError)]
    if faults:
        raise faults[0]


@app.command("show", help=help_text("month.show"))
def show_month(
    context: typer.Context, month: MonthArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """Show which villages have reported, in the order of the office's file, never ranked."""
    office_app = open_office(context, home)
    first = parse_month(month)
    quarter = _quarter(office_app, first)
    rows = [
        (kept, _month_score(office_app, kept, quarter)) for kept in list_village_months(office_app, first)
    ]
    if as_json:
        print_json({"month": month, "villages": [_as_data(office_app, kept, made) for kept, made in rows]})
        return
    if rows:
        head = rows[0][0].month
        print_phrase(
            "month.head", month=month, due=day_or_none(head.due, provisional=head.provisional), last=head.last
        )
    for kept, made in rows:
        worth = "month.worth" if kept.month.closing else "month.worth_so_far"
        points = user_phrasebook().say(worth, points=format_figure(made.total)) if made else ""
        print_phrase("month.line", **_month_words(office_app, kept), points=points)
    reported = sum(kept.month.reported_on is not None for kept, _ in rows)
    print_phrase(
        "month.foot" if rows else "month.none", reported=reported, open=len(rows) - reported, month=month
    )


@app.command("items", help=help_text("month.list_items"))
def show_items(
    context: typer.Context, month: MonthArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """List the items of a month with their numbers, village by village."""
    office_app = open_office(context, home)
    first, book = parse_month(month), user_phrasebook()
    lines = list_items(office_app, first)
    if as_json:
        print_json({"month": month, "items": [asdict(line) for line in lines]})
        return
    labels = Labels(book=book, office=office_app.office)
    for line in lines:
        state, village = book.say(f"item.state.{line.state}"), labels.place(line.village)
        print_phrase("item.line", number=line.number, village=village, title=line.title, state=state)
    if not lines:
        print_phrase("item.none", month=month)


@app.command("score", help=help_text("month.score"))
def show_score(
    context: typer.Context, month: MonthArgument, village: VillageArgument, home: HomeOption = None
) -> None:
    """Explain the score of a village's month."""
    office_app = open_office(context, home)
    first, place = parse_month(month), find_village(office_app, village)
    kept = village_month(office_app, first, place)
    print_phrase("month.line", **_month_words(office_app, kept), points="")
    made = _month_score(office_app, kept, _quarter(office_app, first))
    if made is None:
        print_phrase("month.unscored")
        return
    scheme = office_app.scheme(kept.month.scheme)
    print_phrase("month.scheme", name=scheme.name, source=scheme.source)
    for line in made.lines:
        print_phrase("month.score_line", why=_score_line_text(kept, line), points=_signed_points(line))
    print_phrase("month.total", points=format_figure(made.total))
    if not made.passes:
        print_phrase("month.below", mark=format_figure(made.pass_mark))


def find_village(office_app: OfficeApp, name: str) -> Village:
    """Find a village by its id or its name. NoSuchVillage."""
    for village in office_app.office.villages:
        if name in {village.id, village.name}:
            return village
    known = "、".join(f"{village.name}（{village.id}）" for village in office_app.office.villages) or "—"
    raise NoSuchVillage(found=name, known=known)


def village_month(office_app: OfficeApp, first: date, village: Village) -> VillageMonthView:
    """Find a village's month. NoSuchMonth."""
    found = [kept for kept in list_village_months(office_app, first) if kept.month.village == village.id]
    if not found:
        raise NoSuchMonth(village=village.name, month=f"{first:%Y-%m}")
    return found[0]


def _quarter(office_app: OfficeApp, first: date) -> list[VillageMonthView]:
    """Every village's months of the quarter that ends with this month; none for a month within a quarter."""
    return [kept for month in quarter_months(first) for kept in list_village_months(office_app, month)]


def _month_score(
    office_app: OfficeApp, kept: VillageMonthView, quarter: list[VillageMonthView]
) -> Score | None:
    """The score of a month; None where its scheme scores nothing."""
    month = kept.month
    if not month.scheme:
        return None
    mine = [
        each.month
        for each in quarter
        if (each.duty.kind, each.month.village) == (kept.duty.kind, month.village)
    ]
    return score(month.scoring_facts(mine), office_app.scheme(month.scheme))


def _month_words(office_app: OfficeApp, kept: VillageMonthView) -> dict[str, object]:
    """The state of a month in words."""
    month = kept.month
    outcome = kept.duty.outcome(month.outcome)
    waits = month.closing is None and month.reported_on is None
    state = user_phrasebook().say("month.waits") if waits else (outcome.label if outcome else month.outcome)
    on = user_phrasebook().say("month.on_day", day=month.reported_on) if month.reported_on else ""
    names = {village.id: village.name for village in office_app.office.villages}
    return {
        "village": names.get(month.village, month.village),
        "state": state + on,
        "items": month.items,
        "minimum": month.minimum,
        "adopted": month.adopted,
    }


def _as_data(office_app: OfficeApp, kept: VillageMonthView, made: Score | None) -> dict[str, Any]:
    month = kept.month
    return {
        "village": month.village,
        "name": _month_words(office_app, kept)["village"],
        "due": month.due,
        "last": month.last,
        "reported_on": month.reported_on,
        "closed": month.closing is not None,
        "outcome": month.outcome if month.closing or month.reported_on else "",
        "items": month.items,
        "minimum": month.minimum,
        "adopted": month.adopted,
        "points": format_figure(made.total) if made else None,
    }


def _score_line_text(kept: VillageMonthView, line: ScoreLine) -> str:
    adopted = kept.duty.step(kept.round.adopted)
    fields = adopted.fields if adopted else ()
    choices = next((field.choices for field in fields if field.key == "level"), {})
    level = choices.get(line.level, line.level)
    return user_phrasebook().say(f"month.why.{line.why}", count=line.count, title=line.title, level=level)


def _signed_points(line: ScoreLine) -> str:
    return f"{'+' if line.points > 0 else ''}{format_figure(line.points)}"
