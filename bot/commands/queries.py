"""What is only shown: the speaker's list, why a date is what it is, a case's history, a search, the year so far."""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.available_actions import with_offers
from bot.commands.case_commands import Wish, WordsMissing
from bot.commands.override import passing
from bot.dialog.command_parser import plain
from bot.dialog.permissions import goes_in_chats, may_write, reads_all, sees
from bot.dialog.recipients import can_be_handed_on
from bot.dialog.reply import Reply
from bot.dialog.turn import NotThere, Turn
from bot.language.labels import told
from bot.language.text_pages import brief
from bot.services.case_search import found, openings
from config import shipped_data
from config.declarations.duty import Duty
from scheduler.terms.deadlines import due
from scheduler.validation.date_calculator import due_json
from scheduler.worklist.pending import What
from storage.events.approvals import text_of
from storage.events.case import Case, Line, chain_kind
from storage.events.events import Opened
from storage.reporting.builder import annual_report

MOST_LISTED = 8
MOST_ENTRIES = 9
MOST_REASONS = 9
MOST_FOUND = 8
MOST_SIFTED = 300  # of what fits, for those who see only their own: years of a village's months
IN_PRIVATE = ("list", "sign", "text", "case", "away", "count", "other")
COUNTED = ("table3.received.total", "table3.results_total.total", "table3.carried_out.total")


class NothingToFind(WordsMissing):
    """Write a number, a word of the title or a village after it, such as: {word} 甲村."""


def todo(turn: Turn, wish: Wish) -> Reply:
    """待办: everything that waits for the speaker; one thing is shown whole."""
    del wish
    pending = turn.pending()
    if not pending:
        none = turn.say("talk.todo.none", post=turn.person.post)
        return Reply(lines=(none,), choices=(turn.choice("help", 0),))
    if len(pending) == 1:
        return turn.dealt(pending[0])
    lines = [turn.say("talk.todo.count", count=len(pending))]
    choices = []
    for place, one in enumerate(pending[:MOST_LISTED], 1):
        asked, by = turn.dealer.asked(one.case, one.wait, one.duty), turn.dealer.by_when(one.wait)
        lines.append(turn.say("notice.line", place=place, asked=asked, by_when=by, number=one.case.number))
        choices.append(
            turn.choice("show", one.case.number, label=turn.say("talk.open", number=one.case.number))
        )
    if len(pending) > MOST_LISTED:
        lines.append(turn.say("talk.todo.more", count=len(pending) - MOST_LISTED))
    return Reply(lines=tuple(lines), choices=tuple(choices))


def show(turn: Turn, wish: Wish) -> Reply:
    """A case: its card where it waits for the speaker, else how it stands."""
    case, duty = _seen(turn, wish.case)
    mine = turn.mine(case, duty)
    if mine and turn.private:  # in a group others would read, and could not press, somebody's own card
        return turn.dealt(mine[0])
    waits = turn.waits(case, duty)
    lines = [
        turn.say("talk.about", kind=turn.labels.duty(duty), name=turn.dealer.name(case), case=case.number)
    ]
    for wait in waits:
        who = "、".join(turn.labels.post(person) for person in wait.who) or "—"
        lines.append(turn.say("talk.now", stage=turn.labels.waited(wait), who=who))
        lines.append(turn.dealer.by_when(wait))
    if not waits:
        lines.append(turn.say("talk.nothing_left"))
    verbs = ("why", "history", "more") if turn.private else ("why", "history")
    choices = tuple(turn.choice(verb, case.number) for verb in verbs)
    return Reply(lines=tuple(lines), choices=choices)


def more(turn: Turn, wish: Wish) -> Reply:
    """更多: everything else that can be done with a case."""
    case, duty = _seen(turn, wish.case)
    mine = turn.mine(case, duty)
    verbs = [*_about_its_text(turn, case, duty)]
    verbs += ["acknowledge", "snooze"] if mine else []
    verbs += ["hand_on"] if mine and can_be_handed_on(turn, case, duty) else []
    verbs += ["nudge"]
    signs = any(one.wait.what is What.SIGN for one in mine)
    if signs:
        verbs += ["reject"]
    if _signed_last(turn, case):
        verbs += ["withdraw"]
    if any(step.offered for step in duty.steps):
        verbs += ["steps"]
    verbs += ["why", "history"] if signs else ["close", "why", "history"]
    choices = [turn.choice(verb, case.number, wish.basis) for verb in verbs]
    if passing(turn, case, duty):
        choices.append(turn.choice("override", case.number))  # what it is about is shown first
    return Reply(lines=(turn.say("talk.more", case=case.number),), choices=tuple(choices))


def _seen(turn: Turn, number: int) -> tuple[Case, Duty]:
    """A case that is for the speaker's eyes. NotThere for every other, whether there is one or not."""
    case, duty = turn.case(number)
    if not sees(turn, case, duty):
        raise NotThere(case=number)
    return case, duty


def _about_its_text(turn: Turn, case: Case, duty: Duty) -> Iterator[str]:
    """Reading what is signed comes before everything else; writing is for whoever may."""
    if not chain_kind(case, duty) or not goes_in_chats(case, duty):
        return
    if case.approvals and sees(turn, case, duty):
        yield from ("text", "files")
    if may_write(turn, case, duty) and not case.closing:
        yield "draft"


def _signed_last(turn: Turn, case: Case) -> bool:
    """Whether the speaker's own signature is the last one, and can still be taken back."""
    signed = text_of(case.approvals).signed if case.approvals else ()
    return bool(signed and signed[-1].by == turn.person.id)


def why(turn: Turn, wish: Wish) -> Reply:
    """为什么: how the date was counted, line by line, with its articles."""
    case, duty = _seen(turn, wish.case)
    dated = due([record for _, record in case.story], duty, turn.calendar)
    found = due_json(dated, turn.say)
    head = (
        turn.labels.day(dated.day, provisional=dated.provisional) if dated.day else turn.say("talk.no_date")
    )
    lines = [turn.say("talk.why_head", name=turn.dealer.name(case), day=head)]
    spelled = [turn.say("explain.line", **_line(line)) for line in found["lines"]]
    if (more := len(spelled) - MOST_REASONS) > 0:
        lines.append(turn.say("talk.why_earlier", count=more))
    lines += spelled[-MOST_REASONS:]
    if dated.latest:
        lines.append(turn.say("page.latest", day=turn.labels.day(dated.latest)))
    return Reply(lines=tuple(lines))


def _line(line: dict[str, object]) -> dict[str, object]:
    return {**line, "to": line["to"] or "……", "article": line["article"] or "—"}


def history(turn: Turn, wish: Wish) -> Reply:
    """历史: what was recorded about a case, the newest last."""
    case, duty = _seen(turn, wish.case)
    lines = [turn.say("talk.history", name=turn.dealer.name(case), case=case.number)]
    for entry in case.entries[-MOST_ENTRIES:]:
        said = told(entry.record, duty, turn.labels)
        who, at = turn.labels.post(entry.actor), turn.labels.moment(entry.recorded_at)
        lines.append(turn.say("talk.entry", position=entry.position, what=said.title, who=who, at=at))
    return Reply(lines=tuple(lines))


def search(turn: Turn, wish: Wish) -> Reply:
    """查: cases by number, title or village."""
    words = plain(wish.said)
    if not words:
        raise NothingToFind(word=turn.word("search"))
    lines = _found(turn, words)
    shown = lines[:MOST_FOUND]
    began = openings(turn.works, turn.connection, shown)
    said = [_about(turn, line, began.get(line.number)) for line in shown]
    if not lines:
        said.append(turn.say("talk.search.none", words=brief(words)))
    if len(lines) > MOST_FOUND:
        said.append(turn.say("talk.search.more"))
    choices = [
        turn.choice("show", line.number, label=turn.say("talk.open", number=line.number)) for line in shown
    ]
    return Reply(lines=tuple(said), choices=tuple(choices))


def _found(turn: Turn, words: str) -> list[Line]:
    """What fits, of what is for the speaker's eyes; one more than is shown tells whether there are more."""
    if reads_all(turn.works.office, turn.person.id):
        return found(turn.works, turn.connection, words, limit=MOST_FOUND + 1)
    lines = found(turn.works, turn.connection, words, limit=MOST_SIFTED)
    cases = turn.index.cases([line.number for line in lines])
    mine = [line for line in lines if sees(turn, cases[line.number], turn.works.duties[line.kind])]
    return mine[: MOST_FOUND + 1]


def _about(turn: Turn, line: Line, opening: Opened | None) -> str:
    duty = turn.works.duties[line.kind]
    name = turn.labels.called(opening, line.number)
    return turn.say("talk.about", kind=turn.labels.duty(duty), name=name, case=line.number)


def year(turn: Turn, wish: Wish) -> Reply:
    """今年: the year's figures so far."""
    del wish
    report, _tally = annual_report(
        turn.index,
        turn.works.duties,
        shipped_data.form(),
        turn.works.office,
        turn.works.home.templates(),
        year=turn.today.year,
        as_of=turn.today,
    )
    lines = [turn.say("talk.year.head", year=turn.today.year, day=turn.labels.day(turn.today))]
    lines += [
        turn.say(f"talk.year.{cell.split('.')[1]}", count=report.figures.get(cell, 0)) for cell in COUNTED
    ]
    return Reply(lines=tuple(lines))


def help_(turn: Turn, wish: Wish) -> Reply:
    """帮助: what one can say here; in a group only what is answered there."""
    del wish
    topics = IN_PRIVATE if turn.private else ("group", "elsewhere")
    head = turn.say("talk.help.head", post=turn.person.post)
    reply = Reply(lines=(head, *(turn.say(f"talk.help.{topic}") for topic in topics)))
    return with_offers(turn, reply) if turn.private else reply
