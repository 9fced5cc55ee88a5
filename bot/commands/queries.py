"""What is only shown: the speaker's list, why a date is what it is, a case's history, a search, the year so far."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.available_actions import with_general_actions
from bot.commands.case_commands import Intent, WordsMissing
from bot.commands.override import pending_override_for_actor
from bot.dialog.command_parser import normalize_line
from bot.dialog.permissions import can_view, is_office_staff, may_be_shown_in_chat, may_write
from bot.dialog.recipients import can_be_reassigned
from bot.dialog.reply import Reply
from bot.dialog.turn import NotThere, RequestContext
from bot.language.labels import describe_event
from bot.language.text_pages import abbreviate
from bot.services.case_search import case_openings, search_cases
from config import shipped_data
from config.declarations.duty import Duty
from scheduler.terms.deadlines import due_date
from scheduler.validation.date_calculator import due_json
from scheduler.worklist.pending import WaitKind
from storage.events.approvals import approval_history
from storage.events.case import Case, CaseLine, chain_kind
from storage.events.events import Opened
from storage.reporting.builder import build_annual_report

MAX_LISTED = 8
MAX_ENTRIES = 9
MAX_REASONS = 9
MAX_FOUND = 8
MAX_SEARCHED = 300  # of what fits, for those who see only their own: years of a village's months
PRIVATE_HELP_TOPICS = ("list", "sign", "text", "case", "away", "count", "other")
YEAR_SUMMARY_CELLS = ("table3.received.total", "table3.results_total.total", "table3.carried_out.total")


class NothingToFind(WordsMissing):
    """Write a number, a word of the title or a village after it, such as: {word} 甲村."""


def show_worklist(context: RequestContext, intent: Intent) -> Reply:
    """待办: everything that waits for the speaker; one thing is shown whole."""
    del intent
    pending = context.pending()
    if not pending:
        none = context.say("talk.todo.none", post=context.person.post)
        return Reply(lines=(none,), choices=(context.choice("help", 0),))
    if len(pending) == 1:
        return context.as_card_reply(pending[0])
    lines = [context.say("talk.todo.count", count=len(pending))]
    choices = []
    for place, one in enumerate(pending[:MAX_LISTED], 1):
        asked, by = (
            context.card_builder.request_line(one.case, one.wait, one.duty),
            context.card_builder.due_text(one.wait),
        )
        lines.append(context.say("notice.line", place=place, asked=asked, by_when=by, number=one.case.number))
        choices.append(
            context.choice("show", one.case.number, label=context.say("talk.open", number=one.case.number))
        )
    if len(pending) > MAX_LISTED:
        lines.append(context.say("talk.todo.more", count=len(pending) - MAX_LISTED))
    return Reply(lines=tuple(lines), choices=tuple(choices))


def show_case(context: RequestContext, intent: Intent) -> Reply:
    """A case: its card where it waits for the speaker, else how it stands."""
    case, duty = _visible_case(context, intent.case)
    mine = context.pending_for_actor(case, duty)
    if mine and context.private:  # in a group others would read, and could not press, somebody's own card
        return context.as_card_reply(mine[0])
    waits = context.pending_actions(case, duty)
    lines = [
        context.say(
            "talk.about",
            kind=context.labels.duty(duty),
            name=context.card_builder.case_title(case),
            case=case.number,
        )
    ]
    for wait in waits:
        who = "、".join(context.labels.post(person) for person in wait.who) or "—"
        lines.append(context.say("talk.now", stage=context.labels.wait_label(wait), who=who))
        lines.append(context.card_builder.due_text(wait))
    if not waits:
        lines.append(context.say("talk.nothing_left"))
    verbs = ("why", "history", "more") if context.private else ("why", "history")
    choices = tuple(context.choice(verb, case.number) for verb in verbs)
    return Reply(lines=tuple(lines), choices=choices)


def show_more_actions(context: RequestContext, intent: Intent) -> Reply:
    """更多: everything else that can be done with a case."""
    case, duty = _visible_case(context, intent.case)
    mine = context.pending_for_actor(case, duty)
    verbs = [*_text_verbs(context, case, duty)]
    verbs += ["acknowledge", "snooze"] if mine else []
    verbs += ["hand_on"] if mine and can_be_reassigned(context, case, duty) else []
    verbs += ["nudge"]
    signs = any(one.wait.what is WaitKind.SIGN for one in mine)
    if signs:
        verbs += ["reject"]
    if _signed_last_by_actor(context, case):
        verbs += ["withdraw"]
    if any(step.standalone for step in duty.steps):
        verbs += ["steps"]
    verbs += ["why", "history"] if signs else ["close", "why", "history"]
    choices = [context.choice(verb, case.number, intent.basis) for verb in verbs]
    if pending_override_for_actor(context, case, duty):
        choices.append(context.choice("override", case.number))  # what it is about is shown first
    return Reply(lines=(context.say("talk.more", case=case.number),), choices=tuple(choices))


def _visible_case(context: RequestContext, number: int) -> tuple[Case, Duty]:
    """A case that is for the speaker's eyes. NotThere for every other, whether there is one or not."""
    case, duty = context.case(number)
    if not can_view(context, case, duty):
        raise NotThere(case=number)
    return case, duty


def _text_verbs(context: RequestContext, case: Case, duty: Duty) -> Iterator[str]:
    """Reading what is signed comes before everything else; writing is for whoever may."""
    if not chain_kind(case, duty) or not may_be_shown_in_chat(case, duty):
        return
    if case.approvals and can_view(context, case, duty):
        yield from ("text", "files")
    if may_write(context, case, duty) and not case.closing:
        yield "draft"


def _signed_last_by_actor(context: RequestContext, case: Case) -> bool:
    """Whether the speaker's own signature is the last one, and can still be taken back."""
    signed = approval_history(case.approvals).signed if case.approvals else ()
    return bool(signed and signed[-1].by == context.person.id)


def explain_due_date(context: RequestContext, intent: Intent) -> Reply:
    """为什么: how the date was counted, line by line, with its articles."""
    case, duty = _visible_case(context, intent.case)
    dated = due_date([record for _, record in case.timeline], duty, context.calendar)
    found = due_json(dated, context.say)
    head = (
        context.labels.day(dated.day, provisional=dated.provisional)
        if dated.day
        else context.say("talk.no_date")
    )
    lines = [context.say("talk.why_head", name=context.card_builder.case_title(case), day=head)]
    spelled = [context.say("explain.line", **_explanation_parts(line)) for line in found["lines"]]
    if (more := len(spelled) - MAX_REASONS) > 0:
        lines.append(context.say("talk.why_earlier", count=more))
    lines += spelled[-MAX_REASONS:]
    if dated.latest:
        lines.append(context.say("page.latest", day=context.labels.day(dated.latest)))
    return Reply(lines=tuple(lines))


def _explanation_parts(line: dict[str, object]) -> dict[str, object]:
    return {**line, "to": line["to"] or "……", "article": line["article"] or "—"}


def show_history(context: RequestContext, intent: Intent) -> Reply:
    """历史: what was recorded about a case, the newest last."""
    case, duty = _visible_case(context, intent.case)
    lines = [context.say("talk.history", name=context.card_builder.case_title(case), case=case.number)]
    for entry in case.entries[-MAX_ENTRIES:]:
        said = describe_event(entry.record, duty, context.labels)
        who, at = context.labels.post(entry.actor), context.labels.moment(entry.recorded_at)
        lines.append(context.say("talk.entry", position=entry.position, what=said.title, who=who, at=at))
    return Reply(lines=tuple(lines))


def search_for_cases(context: RequestContext, intent: Intent) -> Reply:
    """查: cases by number, title or village."""
    words = normalize_line(intent.full_text)
    if not words:
        raise NothingToFind(word=context.word("search"))
    lines = _visible_matches(context, words)
    shown = lines[:MAX_FOUND]
    began = case_openings(context.app, context.connection, shown)
    said = [_case_line(context, line, began.get(line.number)) for line in shown]
    if not lines:
        said.append(context.say("talk.search.none", words=abbreviate(words)))
    if len(lines) > MAX_FOUND:
        said.append(context.say("talk.search.more"))
    choices = [
        context.choice("show", line.number, label=context.say("talk.open", number=line.number))
        for line in shown
    ]
    return Reply(lines=tuple(said), choices=tuple(choices))


def _visible_matches(context: RequestContext, words: str) -> list[CaseLine]:
    """What fits, of what is for the speaker's eyes; one more than is shown tells whether there are more."""
    if is_office_staff(context.app.office, context.person.id):
        return search_cases(context.app, context.connection, words, limit=MAX_FOUND + 1)
    lines = search_cases(context.app, context.connection, words, limit=MAX_SEARCHED)
    cases = context.index.cases([line.number for line in lines])
    mine = [line for line in lines if can_view(context, cases[line.number], context.app.duties[line.kind])]
    return mine[: MAX_FOUND + 1]


def _case_line(context: RequestContext, line: CaseLine, opening: Opened | None) -> str:
    duty = context.app.duties[line.kind]
    name = context.labels.case_title(opening, line.number)
    return context.say("talk.about", kind=context.labels.duty(duty), name=name, case=line.number)


def show_year_summary(context: RequestContext, intent: Intent) -> Reply:
    """今年: the year's figures so far."""
    del intent
    report, _tally = build_annual_report(
        context.index,
        context.app.duties,
        shipped_data.load_form(),
        context.app.office,
        context.app.home.templates(),
        year=context.today.year,
        as_of=context.today,
    )
    lines = [context.say("talk.year.head", year=context.today.year, day=context.labels.day(context.today))]
    lines += [
        context.say(f"talk.year.{cell.split('.')[1]}", count=report.figures.get(cell, 0))
        for cell in YEAR_SUMMARY_CELLS
    ]
    return Reply(lines=tuple(lines))


def show_help(context: RequestContext, intent: Intent) -> Reply:
    """帮助: what one can say here; in a group only what is answered there."""
    del intent
    topics = PRIVATE_HELP_TOPICS if context.private else ("group", "elsewhere")
    head = context.say("talk.help.head", post=context.person.post)
    reply = Reply(lines=(head, *(context.say(f"talk.help.{topic}") for topic in topics)))
    return with_general_actions(context, reply) if context.private else reply
