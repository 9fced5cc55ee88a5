"""Answers questions about the villages' months: how much is in, the score, who is missing, what was sent back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.dialog.command import Intent
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.bulletin_text import bulletin_pages
from bot.language.date_parser import read_month_number
from bot.language.verbs import VerbKind
from bot.services.bulletins import NoBulletinCase, NothingToTell, bulletin_case, draw_bulletin
from bot.services.villages.bulletin_reach import bulletin_reach
from bot.services.villages.items import ReturnedItem, returned_items
from config.declarations.duty import Duty
from config.declarations.villages.month import VillageRound
from config.office.model import Village
from scheduler.sweep.village_months import next_opening
from scheduler.villages.months import (
    VillageMonth,
    month_before,
    read_month,
    village_month_reference,
    village_rounds,
)
from scheduler.worklist.pending import WaitKind
from storage.eventlog.log import Log
from storage.events.case import Case
from storage.events.events import Returned
from storage.reporting.report import format_figure

MAX_NUDGES = 6  # buttons to remind a village each


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfVillage:
    """A village's month with the duty that declares it."""

    village: Village
    duty: Duty
    round: VillageRound
    month: VillageMonth

    @property
    def declared(self) -> bool:
        """Whether the village declared that it has nothing."""
        return self.month.reported_on is not None and not self.month.items

    @property
    def missing(self) -> int:
        """How many items it still owes."""
        return 0 if self.declared else max(0, self.month.minimum - self.month.items)


def show_month(context: RequestContext, intent: Intent) -> Reply:
    """本月情况: what a village's month still needs and until when; for the office, that of the village it names.

    Whoever of the office speaks for a village too reads that village's month where they name none.
    """
    named = _named_villages(context, intent.rest) or context.reader.villages
    if not named:
        return show_progress(context, intent)
    months = current_months(context, named)
    lines = [line for one in months for line in _month_lines(context, one)]
    return Reply(lines=tuple(lines or [none_open(context)]), choices=tuple(_month_choices(context, months)))


def none_open(context: RequestContext) -> str:
    """That no month is open, and on which day the next one opens."""
    opens = next_opening(context.app.recorder, context.connection, context.today)
    return context.say("talk.month.none", opens=opens) if opens else context.say("talk.month.unset")


def month_lines(context: RequestContext) -> Sequence[str]:
    """The lines about the months of the sender's villages."""
    months = current_months(context, context.reader.villages)
    return [line for one in months for line in _month_lines(context, one)]


def show_progress(context: RequestContext, intent: Intent) -> Reply:
    """报送情况: how many villages have reported, and which have not; a village reads its own month."""
    if not context.reader.reads_all:
        return show_month(context, intent) if context.reader.villages else _nothing_to_count(context)
    if _named_villages(context, intent.rest):
        return show_month(context, intent)
    months = current_months(context, context.app.office.villages)
    if not months:
        return _nothing_to_count(context)
    missing = [one for one in months if one.month.reported_on is None]
    head = context.say(
        "talk.progress.head",
        month=context.today.month,
        count=len(months),
        reported=len(months) - len(missing),
    )
    names = "、".join(one.village.name for one in missing)
    second = (
        context.say("talk.progress.missing", villages=names) if missing else context.say("talk.progress.all")
    )
    return Reply(lines=(head, second), choices=tuple(_month_choices(context, missing)))


def show_score(context: RequestContext, intent: Intent) -> Reply:
    """我的得分: the points of the month so far and of the month before, as the bulletin has them."""
    named = {village.id for village in _named_villages(context, intent.rest)}
    lines: list[str] = []
    for first in (context.today.replace(day=1), month_before(context.today)):
        try:
            bulletin = draw_bulletin(context.app, first)
        except NothingToTell:
            continue
        for row in bulletin.rows:
            if row.village in named or (not named and context.reader.reads_all):
                rank = context.say("talk.score.rank", rank=row.rank) if bulletin.ranked and row.rank else ""
                words = {
                    "village": row.name,
                    "month": first.month,
                    "items": row.items,
                    "adopted": row.adopted,
                }
                key = "plain" if row.points is None else "line"
                points = format_figure(row.points) if row.points is not None else ""
                lines.append(context.say(f"talk.score.{key}", points=points, rank=rank, **words))
    return Reply(
        lines=tuple(lines or [context.say("talk.score.none")]), choices=(context.choice(VerbKind.MONTH, 0),)
    )


def show_returned(context: RequestContext, intent: Intent) -> Reply:
    """退回的: what was sent back to the sender, with the reasons, and the button to send it again."""
    del intent
    items = returned_items(context.app, context.person.id, Log(context.connection, context.app.office.slug))
    lines = [context.say("talk.returned.line", title=one.title, reason=one.reason) for one in items]
    lines += list(_returned_texts(context))
    if not lines:
        return Reply(lines=(context.say("talk.returned.none"),), choices=(context.choice(VerbKind.TODO, 0),))
    return Reply(lines=tuple(lines), choices=tuple(again_choice(context, one) for one in items))


def again_choice(context: RequestContext, item: ReturnedItem) -> Choice:
    """The button that sends a returned item again."""
    label = context.say("talk.item.again")
    choice = context.choice(VerbKind.ITEM, item.number, label=label)
    return choice._replace(typed_equivalent=f"{context.word(VerbKind.ITEM)} {item.number}")


def show_bulletin(context: RequestContext, intent: Intent) -> Reply:
    """通报: the bulletin of the month that is named, else of the last one; a village reads it once it is out."""
    first = month_before(context.today)
    if number := read_month_number(intent.rest or intent.full_text):
        first = first.replace(year=context.today.year - (number > context.today.month), month=number)
    try:
        case = bulletin_case(context.app, first)
        closed = case.closing is not None
        pages = bulletin_pages(draw_bulletin(context.app, first), context.book)
    except (NoBulletinCase, NothingToTell):
        case, closed, pages = None, False, []
    if case is None or not pages or not (closed or context.reader.reads_all):
        return Reply(
            lines=(context.say("talk.bulletin.none", month=first.month),),
            choices=(context.choice(VerbKind.MONTH, 0),),
        )
    reach = _reach_lines(context, case) if context.reader.reads_all and context.private else ()
    return Reply(lines=(*pages[0].splitlines(), *reach))


def _reach_lines(context: RequestContext, bulletin: Case) -> Iterator[str]:
    """Whom the bulletin reached, and whom it did not; none before it goes out."""
    found = bulletin_reach(context.app, context.connection, context.labels, bulletin)
    for reach, names in found.items():
        label = context.say(f"reach.{reach}")
        yield context.say("card.fact", label=label, value="、".join(names))


def current_months(context: RequestContext, villages: Sequence[Village]) -> list[MonthOfVillage]:
    """The current months of some villages, without those that have none."""
    first, found = context.today.replace(day=1), []
    for duty, names in village_rounds(context.app.duties):
        by_village = {village_month_reference(first, village.id): village for village in villages}
        numbers = context.index.find(duty.kind, list(by_village))
        cases = context.index.cases(list(numbers.values()))
        for reference, village in by_village.items():
            case = cases.get(numbers.get(reference, 0))
            if case and case.opening:
                month = read_month(case, case.opening, duty, names, context.calendar)
                found.append(MonthOfVillage(village=village, duty=duty, round=names, month=month))
    return found


def month_of(context: RequestContext, village: str, month: date) -> VillageMonth | None:
    """A village's month; None where it has none."""
    for duty, names in village_rounds(context.app.duties):
        reference = village_month_reference(month, village)
        number = context.index.find(duty.kind, [reference]).get(reference, 0)
        case = context.index.cases([number]).get(number)
        if case and case.opening:
            return read_month(case, case.opening, duty, names, context.calendar)
    return None


def _named_villages(context: RequestContext, words: str) -> Sequence[Village]:
    """The villages that words name; of a village's own people always theirs."""
    if not context.reader.reads_all:
        return context.reader.villages
    return [village for village in context.app.office.villages if words and village.name in words]


def _month_lines(context: RequestContext, one: MonthOfVillage) -> Iterator[str]:
    month = one.month
    key = "declared" if one.declared else "line" if one.missing else "enough"
    words = {
        "village": one.village.name,
        "month": context.today.month,
        "items": month.items,
        "minimum": month.minimum,
    }
    yield context.say(f"talk.month.{key}", missing=one.missing, **words)
    if month.adopted:
        yield context.say("talk.month.adopted", count=month.adopted)
    yield context.say("talk.month.due", day=context.labels.day(month.due, provisional=month.provisional))


def _month_choices(context: RequestContext, months: Sequence[MonthOfVillage]) -> Iterator[Choice]:
    """The buttons of some months: the sender reports for their own villages, and the office reminds the others."""
    own = [one for one in months if one.village in context.reader.villages]
    if own or not context.reader.reads_all:
        yield from _report_choices(context, own)
    if context.reader.reads_all:
        yield from _nudge_choices(context, [one for one in months if one not in own][:MAX_NUDGES])


def _report_choices(context: RequestContext, months: Sequence[MonthOfVillage]) -> Iterator[Choice]:
    open_months = [one for one in months if one.month.closing is None]
    if open_months:
        yield context.choice(VerbKind.ITEM, 0)
    for one in open_months:
        if not one.month.items and not one.declared:
            yield context.choice(VerbKind.STEP, one.month.case.number, key=one.round.nothing)
    yield context.choice(VerbKind.RETURNED, 0)


def _nudge_choices(context: RequestContext, months: Sequence[MonthOfVillage]) -> Iterator[Choice]:
    for one in months:
        if one.month.closing is None and one.missing:
            label = f"{context.word(VerbKind.NUDGE)}{one.village.name}"
            yield context.choice(VerbKind.NUDGE, one.month.case.number, label=label)


def _returned_texts(context: RequestContext) -> Iterator[str]:
    """The texts that wait to be written anew, with the reason of their last return."""
    for action in context.pending():
        reasons = [fact.reason for fact in action.case.approvals if isinstance(fact, Returned)]
        if action.wait.what is WaitKind.REWRITE and reasons:
            name = context.card_builder.case_title(action.case)
            yield context.say("talk.returned.text", name=name, case=action.case.number, reason=reasons[-1])


def _nothing_to_count(context: RequestContext) -> Reply:
    return Reply(lines=(none_open(context),), choices=(context.choice(VerbKind.TODO, 0),))
