"""What is only shown: the speaker's list, why a date is what it is, a case's history, a search, the year so far."""

from __future__ import annotations

from collections.abc import Iterator

from bot.acts import Wish
from bot.commands import plain
from bot.labels import told
from bot.replies import Reply
from bot.turn import Turn
from config import library
from scheduler.calculator import due_json
from scheduler.deadlines import due
from scheduler.waiting import What
from storage.assemble import annual_report
from storage.search import find_lines

MOST_LISTED = 8
MOST_ENTRIES = 9
MOST_REASONS = 8
MOST_FOUND = 8
COUNTED = ("table3.received.total", "table3.results_total.total", "table3.carried_out.total")


def todo(turn: Turn, wish: Wish) -> Reply:
    """待办: everything that waits for the speaker; one thing is shown whole."""
    del wish
    pending = turn.pending()
    if not pending:
        return Reply(lines=(turn.say("talk.todo.none", post=turn.person.post),))
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
    case, duty = turn.case(wish.case)
    mine = turn.mine(case, duty)
    if mine and turn.private:  # in a group others would read, and could not press, somebody's own card
        return turn.dealt(mine[0])
    waits = turn.waits(case, duty)
    lines = [
        turn.say("talk.about", kind=turn.labels.duty(duty), name=turn.dealer.name(case), case=case.number)
    ]
    for wait in waits:
        who = "、".join(turn.labels.post(person) for person in wait.who) or "—"
        lines.append(turn.say("talk.now", stage=wait.stage or turn.say(f"talk.what.{wait.what}"), who=who))
        lines.append(turn.dealer.by_when(wait))
    if not waits:
        lines.append(turn.say("talk.nothing_left"))
    choices = (turn.choice("why", case.number), turn.choice("history", case.number))
    return Reply(lines=tuple(lines), choices=choices)


def more(turn: Turn, wish: Wish) -> Reply:
    """更多: everything else that can be done with a case."""
    case, duty = turn.case(wish.case)
    steps = [f"step:{step.key}" for step in duty.steps if step.offered]
    signs = any(one.wait.what is What.SIGN for one in turn.mine(case, duty))
    verbs = ("acknowledge", "snooze", "hand_on", "nudge", "why", "history", "reject" if signs else "close")
    lines = [turn.say("talk.more", case=case.number)]
    lines += [
        turn.say("talk.twin", word=turn.word(verb, duty), case=case.number) for verb in steps[:MOST_REASONS]
    ]
    basis = wish.basis
    return Reply(lines=tuple(lines), choices=tuple(turn.choice(verb, case.number, basis) for verb in verbs))


def why(turn: Turn, wish: Wish) -> Reply:
    """为什么: how the date was counted, line by line, with its articles."""
    case, duty = turn.case(wish.case)
    dated = due([record for _, record in case.story], duty, turn.calendar)
    found = due_json(dated, turn.say)
    head = (
        turn.labels.day(dated.day, provisional=dated.provisional) if dated.day else turn.say("talk.no_date")
    )
    lines = [turn.say("talk.why_head", name=turn.dealer.name(case), day=head)]
    spelled = [turn.say("explain.line", **_line(line)) for line in found["lines"]]
    lines += spelled[-MOST_REASONS:]
    if dated.latest:
        lines.append(turn.say("page.latest", day=turn.labels.day(dated.latest)))
    return Reply(lines=tuple(lines))


def _line(line: dict[str, object]) -> dict[str, object]:
    return {**line, "to": line["to"] or "……", "article": line["article"] or "—"}


def history(turn: Turn, wish: Wish) -> Reply:
    """历史: what was recorded about a case, the newest last."""
    case, duty = turn.case(wish.case)
    lines = [turn.say("talk.history", name=turn.dealer.name(case), case=case.number)]
    for entry in case.entries[-MOST_ENTRIES:]:
        said = told(entry.record, duty, turn.labels)
        who, at = turn.labels.post(entry.actor), turn.labels.moment(entry.recorded_at)
        lines.append(turn.say("talk.entry", position=entry.position, what=said.title, who=who, at=at))
    return Reply(lines=tuple(lines))


def search(turn: Turn, wish: Wish) -> Reply:
    """查: cases by number, title or village."""
    words = plain(wish.said).split()[:5]
    if not words:
        return Reply(lines=(turn.say("talk.search.how"),))
    office = turn.works.office.slug
    kinds = [_kinds(turn, word) for word in words]
    found = find_lines(turn.connection, office, words, kinds, limit=MOST_FOUND + 1, before=None)
    lines = [turn.say("talk.search.none", words=" ".join(words))] if not found else []
    for line in found[:MOST_FOUND]:
        duty = turn.works.duties[line.kind]
        name = line.reference or str(line.number)
        lines.append(turn.say("talk.about", kind=turn.labels.duty(duty), name=name, case=line.number))
    if len(found) > MOST_FOUND:
        lines.append(turn.say("talk.search.more"))
    return Reply(lines=tuple(lines))


def _kinds(turn: Turn, word: str) -> list[str]:
    low = word.lower()
    return [duty.kind for duty in turn.works.duties.values() if low in duty.label.lower() or low in duty.kind]


def year(turn: Turn, wish: Wish) -> Reply:
    """今年: the year's figures so far."""
    del wish
    report, _tally = annual_report(
        turn.index,
        turn.works.duties,
        library.form(),
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
    """帮助: what one can say, by what the speaker holds."""
    del wish
    return Reply(lines=tuple(_help(turn)))


def _help(turn: Turn) -> Iterator[str]:
    yield turn.say("talk.help.head", post=turn.person.post)
    for topic in ("list", "sign", "case", "away", "count", "other"):
        yield turn.say(f"talk.help.{topic}")
