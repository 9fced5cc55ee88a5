"""Answers questions and records nothing: the worklist, a case, its due date and history, a search, the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.commands.available_actions import with_general_actions
from bot.commands.handover import consent_choices, own_awaiting
from bot.commands.signing import pending_override_for_actor
from bot.dialog.command import Intent, WordsMissing, case_heading, posts_of
from bot.dialog.forms import save_shown_list
from bot.dialog.permissions import may_write, why_not_signing
from bot.dialog.recipients import can_be_reassigned
from bot.dialog.reply import Choice, Reply
from bot.dialog.task_cards import card_reply
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.labels import describe_event
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.publishing.texts import may_be_shown_in_chat
from bot.services.annual_reports import annual_report
from bot.services.case_search import case_openings, search_cases
from bot.services.villages.board import RECEIVABLE_STATES, TAKEABLE_STATES, item_state
from bot.utterances.command_parser import normalize_line
from config.declarations.duty import Duty
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.office.roles import REGISTER_KEEPER_ROLES
from scheduler.signoff.circulation import may_be_shown_texts
from scheduler.signoff.signing_rights import withdrawable_signature
from scheduler.terms.deadlines import due_date
from scheduler.validation.date_calculator import due_json
from scheduler.worklist.pending import WaitKind
from storage.events.approvals import approval_history, is_published
from storage.events.case import Case, CaseLine, chain_kind
from storage.events.events import Opened
from storage.reporting.report import format_figure

MAX_LISTED = 8
MAX_ENTRIES = 9
MAX_REASONS = 9
MAX_FOUND = 8
MAX_SEARCHED = 300  # matches that are filtered for those who do not read every case
SIGNER_HELP_TOPICS = ("sign", "text", "list", "away", "other")
"""What those hear first who sign texts and keep no registers."""
PRIVATE_HELP_TOPICS = ("list", "sign", "text", "case", "away", "count", "other")
YEAR_SUMMARY_CELLS = ("table3.received.total", "table3.results_total.total", "table3.carried_out.total")


class NothingToFind(WordsMissing):
    """Write a number, a word of the title or a village after it, such as: {word} 甲村."""


def show_worklist(context: RequestContext, intent: Intent) -> Reply:
    """待办: the sender's worklist, a single task as its card; before it the leave that waits for their consent."""
    del intent
    reply = _worklist(context)
    for asked in own_awaiting(context)[:1]:
        by, deputy = context.labels.post(asked.recorded_by), context.labels.post(asked.deputy)
        days = {"first": context.labels.day(asked.first), "last": context.labels.day(asked.last)}
        line = context.say("talk.consent_asked", by=by, deputy=deputy, **days)
        choices = (*consent_choices(context, asked), *reply.choices)
        reply = replace(reply, lines=(line, *reply.lines), choices=choices)
    return reply


def _worklist(context: RequestContext) -> Reply:
    pending = context.pending()
    if not pending:
        none = context.say("talk.todo.none", post=context.person.post)
        return Reply(lines=(none,), choices=(context.choice(VerbKind.HELP, 0),))
    if len(pending) == 1:
        return card_reply(context, pending[0])
    reply = list_tasks(context, context.say("talk.todo.count", count=len(pending)), pending)
    if len(pending) <= MAX_LISTED:
        return reply
    more = context.say("talk.todo.more", count=len(pending) - MAX_LISTED)
    return replace(reply, lines=(*reply.lines, more))


def list_tasks(context: RequestContext, head: str, tasks: Sequence[AssignedAction]) -> Reply:
    """A line, and below it the first of these tasks: each with its date, its place on the list and its button."""
    shown, cards = tasks[:MAX_LISTED], context.card_builder
    save_shown_list(context, [one.case.number for one in shown])
    lines = [
        context.say(
            "notice.line",
            place=place,
            asked=cards.request_line(one.case, one.wait, one.duty),
            by_when=cards.due_text(one.wait),
            number=one.case.number,
        )
        for place, one in enumerate(shown, 1)
    ]
    choices = tuple(open_choice(context, one.case.number) for one in shown)
    return Reply(lines=(head, *lines), choices=choices)


def open_choice(context: RequestContext, number: int) -> Choice:
    """The button that shows a case."""
    return context.choice(VerbKind.SHOW, number, label=context.say("talk.open", number=number))


def show_case(context: RequestContext, intent: Intent) -> Reply:
    """查看: a case's task card where it waits for the sender, else its status. Raises NotThere."""
    case, duty = context.case(intent.case)
    actions = context.pending_for_actor(case, duty)
    barred = why_not_signing(context, case, duty) if context.private else None
    reasons = [context.book.error(barred)] if barred else []
    if actions and context.private:  # in a group others would read the card, and could not press its buttons
        card = card_reply(context, actions[0])
        says_it = actions[0].wait.what is WaitKind.VACANT
        return card if says_it else replace(card, lines=(*card.lines, *reasons))
    waits = context.pending_actions(case, duty)
    lines = [case_heading(context, case, duty)]
    for wait in waits:
        stage, who = context.labels.wait_label(wait), posts_of(context, wait.who)
        lines += [context.say("talk.now", stage=stage, who=who), context.card_builder.due_text(wait)]
    if not waits:
        lines.append(context.say("talk.nothing_left"))
    lines += reasons
    kinds = (VerbKind.WHY, VerbKind.HISTORY, *([VerbKind.MORE] if context.private else []))
    return Reply(lines=tuple(lines), choices=tuple(context.choice(kind, case.number) for kind in kinds))


def show_more_actions(context: RequestContext, intent: Intent) -> Reply:
    """更多: the buttons of a case that its card has no room for."""
    case, duty = context.case(intent.case)
    kinds = _further_verbs(context, case, duty)
    choices = [context.choice(kind, case.number, intent.basis) for kind in kinds]
    if pending_override_for_actor(context, case, duty):
        choices.append(
            context.choice(VerbKind.OVERRIDE, case.number)
        )  # without a basis: its card is shown first
    return Reply(lines=(context.say("talk.more", case=case.number),), choices=tuple(choices))


def _further_verbs(context: RequestContext, case: Case, duty: Duty) -> Iterator[VerbKind]:
    actions = context.pending_for_actor(case, duty)
    signs = any(action.wait.what is WaitKind.SIGN for action in actions)
    yield from _text_verbs(context, case, duty)
    if actions:
        yield from (VerbKind.ACKNOWLEDGE, VerbKind.SNOOZE)
        if can_be_reassigned(context, case, duty):
            yield VerbKind.HAND_ON
    yield VerbKind.NUDGE
    if signs:
        yield VerbKind.REJECT
    if _may_withdraw(context, case, duty):
        yield VerbKind.WITHDRAW
    if any(step.standalone for step in duty.steps):
        yield VerbKind.STEPS
    if duty.kind == VILLAGE_ITEM_KIND:
        yield from _item_verbs(context, case, duty)
    elif not signs and not context.speaks_for_village:  # to close is the office's
        yield VerbKind.CLOSE
    yield from (VerbKind.WHY, VerbKind.HISTORY)


def _item_verbs(context: RequestContext, case: Case, duty: Duty) -> Iterator[VerbKind]:
    """The verbs to read an item of a village, and to decide about it, where the sender may."""
    yield VerbKind.TEXT
    state = item_state(case, duty)
    if context.roles & REGISTER_KEEPER_ROLES:
        if state in RECEIVABLE_STATES:
            yield VerbKind.RECEIVE
        if state in TAKEABLE_STATES:
            yield VerbKind.TAKE_UP


def _text_verbs(context: RequestContext, case: Case, duty: Duty) -> Iterator[VerbKind]:
    """The verbs to read a case's text and to write it, where the sender may do so in a chat."""
    if not chain_kind(case, duty) or not may_be_shown_in_chat(case, duty):
        return
    if case.approvals:
        yield from (VerbKind.TEXT, VerbKind.FILES)
        if may_be_shown_texts(context.app.office, context.person.id) and not case.closing:
            yield VerbKind.CIRCULATE
    if may_write(context, case, duty) and not case.closing:
        yield VerbKind.DRAFT


def _may_withdraw(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether a signature is the sender's own to withdraw."""
    text = approval_history(case.approvals)
    return bool(
        text.signed and withdrawable_signature(text, context.person.id, is_released=is_published(case, duty))
    )


def explain_due_date(context: RequestContext, intent: Intent) -> Reply:
    """为什么: how the due date was counted, line by line, with the articles."""
    case, duty = context.case(intent.case)
    dated = due_date(case.records, duty, context.calendar)
    explained = due_json(dated, context.say)
    head = context.labels.due_day(dated) if dated.day else context.say("talk.no_date")
    lines = [context.say("talk.why_head", name=context.card_builder.case_title(case), day=head)]
    reasons = [context.say("explain.line", **_explanation_parts(line)) for line in explained["lines"]]
    if (more := len(reasons) - MAX_REASONS) > 0:
        lines.append(context.say("talk.why_earlier", count=more))
    lines += reasons[-MAX_REASONS:]
    if dated.latest:
        lines.append(context.say("page.latest", day=context.labels.day(dated.latest)))
    return Reply(lines=tuple(lines))


def _explanation_parts(line: dict[str, object]) -> dict[str, object]:
    return {**line, "to": line["to"] or "……", "article": line["article"] or "—"}


def show_history(context: RequestContext, intent: Intent) -> Reply:
    """历史: the last entries about a case, the newest last."""
    case, duty = context.case(intent.case)
    lines = [context.say("talk.history", name=context.card_builder.case_title(case), case=case.number)]
    if (left := len(case.entries) - MAX_ENTRIES) > 0:
        lines.append(context.say("talk.history_earlier", count=left))
    for entry in case.entries[-MAX_ENTRIES:]:
        event = describe_event(entry.record, duty, context.labels)
        who, at = context.labels.post(entry.actor), context.labels.moment(entry.recorded_at)
        lines.append(context.say("talk.entry", position=entry.position, what=event.title, who=who, at=at))
    return Reply(lines=tuple(lines))


def search_for_cases(context: RequestContext, intent: Intent) -> Reply:
    """查: the cases that a number, a word of the title or a village finds. Raises NothingToFind."""
    words = normalize_line(intent.full_text)
    if not words:
        raise NothingToFind(word=context.word(VerbKind.SEARCH))
    matches = _visible_matches(context, words)
    shown = matches[:MAX_FOUND]
    save_shown_list(context, [match.number for match in shown])
    openings = case_openings(context.app, context.connection, shown)
    lines = [_case_line(context, match, openings.get(match.number)) for match in shown]
    if not matches:
        lines.append(context.say("talk.search.none", words=abbreviate(words)))
    if len(matches) > MAX_FOUND:
        lines.append(context.say("talk.search.more"))
    choices = tuple(open_choice(context, match.number) for match in shown)
    return Reply(lines=tuple(lines), choices=choices)


def _visible_matches(context: RequestContext, words: str) -> list[CaseLine]:
    """The matches that the sender may read, one more than is shown if there are more."""
    if context.private and context.reader.reads_all:
        return search_cases(context.app, context.connection, words, limit=MAX_FOUND + 1)
    lines = search_cases(context.app, context.connection, words, limit=MAX_SEARCHED)
    cases = context.index.cases([line.number for line in lines])
    duties = context.app.duties
    visible = [line for line in lines if context.may_read(cases[line.number], duties[line.kind])]
    return visible[: MAX_FOUND + 1]


def _case_line(context: RequestContext, line: CaseLine, opening: Opened | None) -> str:
    duty = context.app.duties[line.kind]
    name = context.labels.case_title(opening, line.number)
    return context.say("talk.about", kind=context.labels.duty(duty), name=name, case=line.number)


def show_year_summary(context: RequestContext, intent: Intent) -> Reply:
    """今年: the year's figures so far, as the report of the year has them."""
    del intent
    report = annual_report(context.app, context.today.year, within=context.connection).report
    lines = [context.say("talk.year.head", year=report.year, day=context.labels.day(context.today))]
    lines += [
        context.say(f"talk.year.{cell.split('.')[1]}", count=format_figure(report.figures[cell]))
        for cell in YEAR_SUMMARY_CELLS
    ]
    return Reply(lines=tuple(lines))


def show_help(context: RequestContext, intent: Intent) -> Reply:
    """帮助: what can be written here, and the general buttons; in a group, only what is answered there."""
    del intent
    everybody_s = context.speaks_for_village or context.roles & REGISTER_KEEPER_ROLES
    own = PRIVATE_HELP_TOPICS if everybody_s else SIGNER_HELP_TOPICS
    in_group = "group_mention" if context.capabilities.mentions else "group"
    topics = own if context.private else (in_group, "elsewhere")
    head = context.say("talk.help.head", post=context.person.post)
    reply = Reply(lines=(head, *(context.say(f"talk.help.{topic}") for topic in topics)))
    return with_general_actions(context, reply) if context.private else reply
