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


def show_worklist(turn: RequestContext, wish: Intent) -> Reply:
    """待办: everything that waits for the speaker; one thing is shown whole."""
    del wish
    pending = turn.pending()
    if not pending:
        none = turn.say("talk.todo.none", post=turn.person.post)
        return Reply(lines=(none,), choices=(turn.choice("help", 0),))
    if len(pending) == 1:
        return turn.as_card_reply(pending[0])
    lines = [turn.say("talk.todo.count", count=len(pending))]
    choices = []
    for place, one in enumerate(pending[:MAX_LISTED], 1):
        asked, by = (
            turn.card_builder.request_line(one.case, one.wait, one.duty),
            turn.card_builder.due_text(one.wait),
        )
        lines.append(turn.say("notice.line", place=place, asked=asked, by_when=by, number=one.case.number))
        choices.append(
            turn.choice("show", one.case.number, label=turn.say("talk.open", number=one.case.number))
        )
    if len(pending) > MAX_LISTED:
        lines.append(turn.say("talk.todo.more", count=len(pending) - MAX_LISTED))
    return Reply(lines=tuple(lines), choices=tuple(choices))


def show_case(turn: RequestContext, wish: Intent) -> Reply:
    """A case: its card where it waits for the speaker, else how it stands."""
    case, duty = _visible_case(turn, wish.case)
    mine = turn.pending_for_actor(case, duty)
    if mine and turn.private:  # in a group others would read, and could not press, somebody's own card
        return turn.as_card_reply(mine[0])
    waits = turn.pending_actions(case, duty)
    lines = [
        turn.say(
            "talk.about",
            kind=turn.labels.duty(duty),
            name=turn.card_builder.case_title(case),
            case=case.number,
        )
    ]
    for wait in waits:
        who = "、".join(turn.labels.post(person) for person in wait.who) or "—"
        lines.append(turn.say("talk.now", stage=turn.labels.wait_label(wait), who=who))
        lines.append(turn.card_builder.due_text(wait))
    if not waits:
        lines.append(turn.say("talk.nothing_left"))
    verbs = ("why", "history", "more") if turn.private else ("why", "history")
    choices = tuple(turn.choice(verb, case.number) for verb in verbs)
    return Reply(lines=tuple(lines), choices=choices)


def show_more_actions(turn: RequestContext, wish: Intent) -> Reply:
    """更多: everything else that can be done with a case."""
    case, duty = _visible_case(turn, wish.case)
    mine = turn.pending_for_actor(case, duty)
    verbs = [*_text_verbs(turn, case, duty)]
    verbs += ["acknowledge", "snooze"] if mine else []
    verbs += ["hand_on"] if mine and can_be_reassigned(turn, case, duty) else []
    verbs += ["nudge"]
    signs = any(one.wait.what is WaitKind.SIGN for one in mine)
    if signs:
        verbs += ["reject"]
    if _signed_last_by_actor(turn, case):
        verbs += ["withdraw"]
    if any(step.standalone for step in duty.steps):
        verbs += ["steps"]
    verbs += ["why", "history"] if signs else ["close", "why", "history"]
    choices = [turn.choice(verb, case.number, wish.basis) for verb in verbs]
    if pending_override_for_actor(turn, case, duty):
        choices.append(turn.choice("override", case.number))  # what it is about is shown first
    return Reply(lines=(turn.say("talk.more", case=case.number),), choices=tuple(choices))


def _visible_case(turn: RequestContext, number: int) -> tuple[Case, Duty]:
    """A case that is for the speaker's eyes. NotThere for every other, whether there is one or not."""
    case, duty = turn.case(number)
    if not can_view(turn, case, duty):
        raise NotThere(case=number)
    return case, duty


def _text_verbs(turn: RequestContext, case: Case, duty: Duty) -> Iterator[str]:
    """Reading what is signed comes before everything else; writing is for whoever may."""
    if not chain_kind(case, duty) or not may_be_shown_in_chat(case, duty):
        return
    if case.approvals and can_view(turn, case, duty):
        yield from ("text", "files")
    if may_write(turn, case, duty) and not case.closing:
        yield "draft"


def _signed_last_by_actor(turn: RequestContext, case: Case) -> bool:
    """Whether the speaker's own signature is the last one, and can still be taken back."""
    signed = approval_history(case.approvals).signed if case.approvals else ()
    return bool(signed and signed[-1].by == turn.person.id)


def explain_due_date(turn: RequestContext, wish: Intent) -> Reply:
    """为什么: how the date was counted, line by line, with its articles."""
    case, duty = _visible_case(turn, wish.case)
    dated = due_date([record for _, record in case.timeline], duty, turn.calendar)
    found = due_json(dated, turn.say)
    head = (
        turn.labels.day(dated.day, provisional=dated.provisional) if dated.day else turn.say("talk.no_date")
    )
    lines = [turn.say("talk.why_head", name=turn.card_builder.case_title(case), day=head)]
    spelled = [turn.say("explain.line", **_explanation_parts(line)) for line in found["lines"]]
    if (more := len(spelled) - MAX_REASONS) > 0:
        lines.append(turn.say("talk.why_earlier", count=more))
    lines += spelled[-MAX_REASONS:]
    if dated.latest:
        lines.append(turn.say("page.latest", day=turn.labels.day(dated.latest)))
    return Reply(lines=tuple(lines))


def _explanation_parts(line: dict[str, object]) -> dict[str, object]:
    return {**line, "to": line["to"] or "……", "article": line["article"] or "—"}


def show_history(turn: RequestContext, wish: Intent) -> Reply:
    """历史: what was recorded about a case, the newest last."""
    case, duty = _visible_case(turn, wish.case)
    lines = [turn.say("talk.history", name=turn.card_builder.case_title(case), case=case.number)]
    for entry in case.entries[-MAX_ENTRIES:]:
        said = describe_event(entry.record, duty, turn.labels)
        who, at = turn.labels.post(entry.actor), turn.labels.moment(entry.recorded_at)
        lines.append(turn.say("talk.entry", position=entry.position, what=said.title, who=who, at=at))
    return Reply(lines=tuple(lines))


def search_for_cases(turn: RequestContext, wish: Intent) -> Reply:
    """查: cases by number, title or village."""
    words = normalize_line(wish.full_text)
    if not words:
        raise NothingToFind(word=turn.word("search"))
    lines = _visible_matches(turn, words)
    shown = lines[:MAX_FOUND]
    began = case_openings(turn.works, turn.connection, shown)
    said = [_case_line(turn, line, began.get(line.number)) for line in shown]
    if not lines:
        said.append(turn.say("talk.search.none", words=abbreviate(words)))
    if len(lines) > MAX_FOUND:
        said.append(turn.say("talk.search.more"))
    choices = [
        turn.choice("show", line.number, label=turn.say("talk.open", number=line.number)) for line in shown
    ]
    return Reply(lines=tuple(said), choices=tuple(choices))


def _visible_matches(turn: RequestContext, words: str) -> list[CaseLine]:
    """What fits, of what is for the speaker's eyes; one more than is shown tells whether there are more."""
    if is_office_staff(turn.works.office, turn.person.id):
        return search_cases(turn.works, turn.connection, words, limit=MAX_FOUND + 1)
    lines = search_cases(turn.works, turn.connection, words, limit=MAX_SEARCHED)
    cases = turn.index.cases([line.number for line in lines])
    mine = [line for line in lines if can_view(turn, cases[line.number], turn.works.duties[line.kind])]
    return mine[: MAX_FOUND + 1]


def _case_line(turn: RequestContext, line: CaseLine, opening: Opened | None) -> str:
    duty = turn.works.duties[line.kind]
    name = turn.labels.case_title(opening, line.number)
    return turn.say("talk.about", kind=turn.labels.duty(duty), name=name, case=line.number)


def show_year_summary(turn: RequestContext, wish: Intent) -> Reply:
    """今年: the year's figures so far."""
    del wish
    report, _tally = build_annual_report(
        turn.index,
        turn.works.duties,
        shipped_data.load_form(),
        turn.works.office,
        turn.works.home.templates(),
        year=turn.today.year,
        as_of=turn.today,
    )
    lines = [turn.say("talk.year.head", year=turn.today.year, day=turn.labels.day(turn.today))]
    lines += [
        turn.say(f"talk.year.{cell.split('.')[1]}", count=report.figures.get(cell, 0))
        for cell in YEAR_SUMMARY_CELLS
    ]
    return Reply(lines=tuple(lines))


def show_help(turn: RequestContext, wish: Intent) -> Reply:
    """帮助: what one can say here; in a group only what is answered there."""
    del wish
    topics = PRIVATE_HELP_TOPICS if turn.private else ("group", "elsewhere")
    head = turn.say("talk.help.head", post=turn.person.post)
    reply = Reply(lines=(head, *(turn.say(f"talk.help.{topic}") for topic in topics)))
    return with_general_actions(turn, reply) if turn.private else reply
