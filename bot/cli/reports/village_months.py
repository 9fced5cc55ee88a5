"""The villages' months: opened and closed by ``gongkai tick``, kept and shown by ``gongkai month``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from bot.cli.common.output import HomeOption, JsonOption, day_words, said, tell, tell_json
from bot.cli.context import open_office
from bot.language.labels import Labels
from bot.services.app import Works, words
from bot.services.village_months import Kept, kept_months, read_month_name
from config.errors import Gongkai, Refusal
from config.office.loader import Village
from scheduler.sweep.results import Deed
from scheduler.sweep.sweep import Stuck, sweep
from scheduler.villages.months import quarter_of
from scheduler.villages.scoring import Score, ScoreLine, score
from storage.eventlog.projections import Index
from storage.reporting.report import plain

app = typer.Typer(help=said("month.group"), no_args_is_help=True)

VillageArgument = Annotated[str, typer.Argument(help=said("month.village"))]
MonthArgument = Annotated[str, typer.Argument(help=said("month.month"))]


class NoSuchVillage(Refusal):
    """There is no village “{found}”. Known: {known}."""


class NoSuchMonth(Refusal):
    """{village} has no month {month}. gongkai tick opens the months of the villages; see [months] in office.toml."""


def tick(context: typer.Context, home: HomeOption = None, *, as_json: JsonOption = False) -> None:
    """One sweep: open, close, mend; say what was done."""
    works = open_office(context, home)
    swept = sweep(works.desk, works.schemes(), works.reach)
    if as_json:
        deeds = [
            {"what": deed.what, "reference": deed.reference, "day": deed.day, "outcome": deed.outcome}
            for deed in swept.deeds
        ]
        tell_json({"deeds": deeds, "stuck": [stuck.reference for stuck in swept.stuck]})
    else:
        names = _called(works, swept.deeds)
        for deed in swept.deeds:
            outcome = deed.duty.outcome(deed.outcome)
            label = outcome.label if outcome else ""
            name = names[deed.duty.kind, deed.reference]
            tell(f"tick.{deed.what}", kind=deed.duty.label, name=name, outcome=label, day=deed.day)
        tell("tick.done" if swept.deeds else "tick.nothing", count=len(swept.deeds))
    _tell_stuck(swept.stuck)
    raise typer.Exit(1 if swept.stuck else 0)


def _called(works: Works, deeds: tuple[Deed, ...]) -> dict[tuple[str, str], str]:
    """What the cases of a sweep's deeds are called, by their kind and reference."""
    labels, found = Labels(book=words(), office=works.office), {}
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        for kind in {deed.duty.kind for deed in deeds}:
            numbers = index.find(kind, [deed.reference for deed in deeds if deed.duty.kind == kind])
            cases = index.cases(list(numbers.values()))
            for reference, number in numbers.items():
                found[kind, reference] = labels.called(cases[number].opening, number)
    return found


def _tell_stuck(stuck_: tuple[Stuck, ...]) -> None:
    """Refusals are said; a fault is raised once everything else was done, so that its trace is kept."""
    for stuck in stuck_:
        why = words().error(stuck.error) if isinstance(stuck.error, Gongkai) else type(stuck.error).__name__
        typer.echo(words().say("tick.stuck", reference=stuck.reference, why=why), err=True)
    faults = [stuck.error for stuck in stuck_ if not isinstance(stuck.error, Gongkai)]
    if faults:
        raise faults[0]


@app.command("show", help=said("month.show"))
def show(
    context: typer.Context, month: MonthArgument, home: HomeOption = None, *, as_json: JsonOption = False
) -> None:
    """Who has reported, and who has not: in the order of the office's file, never ranked."""
    works = open_office(context, home)
    first = read_month_name(month)
    quarter = _quarter(works, first)
    rows = [(kept, _scored(works, kept, quarter)) for kept in kept_months(works, first)]
    if as_json:
        tell_json({"month": month, "villages": [_as_data(works, kept, made) for kept, made in rows]})
        return
    if rows:
        head = rows[0][0].month
        tell("month.head", month=month, due=day_words(head.due, provisional=head.provisional), last=head.last)
    for kept, made in rows:
        worth = "month.worth" if kept.month.closing else "month.worth_so_far"
        points = words().say(worth, points=plain(made.total)) if made else ""
        tell("month.line", **_words(works, kept), points=points)
    reported = sum(kept.month.reported_on is not None for kept, _ in rows)
    tell("month.foot" if rows else "month.none", reported=reported, open=len(rows) - reported, month=month)


@app.command("score", help=said("month.score"))
def score_(
    context: typer.Context, month: MonthArgument, village: VillageArgument, home: HomeOption = None
) -> None:
    """Why a month is worth what it is worth."""
    works = open_office(context, home)
    first, place = read_month_name(month), find_village(works, village)
    kept = one_month(works, first, place)
    tell("month.line", **_words(works, kept), points="")
    made = _scored(works, kept, _quarter(works, first))
    if made is None:
        tell("month.unscored")
        return
    scheme = works.scheme(kept.month.scheme)
    tell("month.scheme", name=scheme.name, source=scheme.source)
    for line in made.lines:
        tell("month.score_line", why=_why(kept, line), points=_signed(line))
    tell("month.total", points=plain(made.total))
    if not made.passes:
        tell("month.below", mark=plain(made.pass_mark))


def find_village(works: Works, name: str) -> Village:
    """A village by its id or its name. NoSuchVillage."""
    for village in works.office.villages:
        if name in {village.id, village.name}:
            return village
    known = "、".join(f"{village.name}（{village.id}）" for village in works.office.villages) or "—"
    raise NoSuchVillage(found=name, known=known)


def one_month(works: Works, first: date, village: Village) -> Kept:
    """A village's month. NoSuchMonth."""
    found = [kept for kept in kept_months(works, first) if kept.month.village == village.id]
    if not found:
        raise NoSuchMonth(village=village.name, month=f"{first:%Y-%m}")
    return found[0]


def _quarter(works: Works, first: date) -> list[Kept]:
    """Every village's months of the quarter that ends with a month; none in the middle of one."""
    return [kept for month in quarter_of(first) for kept in kept_months(works, month)]


def _scored(works: Works, kept: Kept, quarter: list[Kept]) -> Score | None:
    """What a month is worth; None where its scheme scores nothing."""
    month = kept.month
    if not month.scheme:
        return None
    mine = [
        each.month
        for each in quarter
        if (each.duty.kind, each.month.village) == (kept.duty.kind, month.village)
    ]
    return score(month.facts(mine), works.scheme(month.scheme))


def _words(works: Works, kept: Kept) -> dict[str, object]:
    """A month's standing in words."""
    month = kept.month
    outcome = kept.duty.outcome(month.outcome)
    waits = month.closing is None and month.reported_on is None
    state = words().say("month.waits") if waits else (outcome.label if outcome else month.outcome)
    on = words().say("month.on_day", day=month.reported_on) if month.reported_on else ""
    names = {village.id: village.name for village in works.office.villages}
    return {
        "village": names.get(month.village, month.village),
        "state": state + on,
        "items": month.items,
        "minimum": month.minimum,
        "adopted": month.adopted,
    }


def _as_data(works: Works, kept: Kept, made: Score | None) -> dict[str, Any]:
    month = kept.month
    return {
        "village": month.village,
        "name": _words(works, kept)["village"],
        "due": month.due,
        "last": month.last,
        "reported_on": month.reported_on,
        "closed": month.closing is not None,
        "outcome": month.outcome if month.closing or month.reported_on else "",
        "items": month.items,
        "minimum": month.minimum,
        "adopted": month.adopted,
        "points": plain(made.total) if made else None,
    }


def _why(kept: Kept, line: ScoreLine) -> str:
    adopted = kept.duty.step(kept.names.adopted)
    fields = adopted.fields if adopted else ()
    choices = next((field.choices for field in fields if field.key == "level"), {})
    level = choices.get(line.level, line.level)
    return words().say(f"month.why.{line.why}", count=line.count, title=line.title, level=level)


def _signed(line: ScoreLine) -> str:
    return f"{'+' if line.points > 0 else ''}{plain(line.points)}"
