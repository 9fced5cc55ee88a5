"""What can be done, as buttons: the steps of a case now, and what is entered without one.

Whatever takes words can be pressed too: the conversation then asks for them. An offer is no right: the desk judges
what is said all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.commands.case_commands import Wish, require_may
from bot.commands.handover import leaves_of
from bot.commands.join import waiting_choices
from bot.commands.office_commands import require_recorder
from bot.dialog.forms import CLOSE, OPEN, STEP
from bot.dialog.permissions import RECORDERS, held_roles, reads_all
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import Turn
from config.reporting.activities import ACTIVITIES
from config.reporting.registers import REGISTERS
from scheduler.terms.deadlines import in_order
from scheduler.validation.available_steps import is_closed, offers
from scheduler.validation.case_history import Bench

COUNTS, ACTS = "count", "hold"
ALWAYS = ("todo", "search", "away", "hand_over", "feedback")
"""What everybody can ask for at any time; whoever reads all sees the year as well, and the keepers enter."""


def steps(turn: Turn, wish: Wish) -> Reply:
    """登记步骤: everything that can be recorded of a case now, each a button."""
    case, duty = turn.case(wish.case)
    require_may(turn, case.number)
    story = in_order([record for _, record in case.story], duty)
    bench = Bench(
        duty=duty, story=story, calendar=turn.calendar, today=turn.today, roles=turn.works.office.roles_of
    )
    keys = dict.fromkeys(f"{STEP}:{offer.step.key}" for offer in offers(bench))
    choices = [turn.choice(key, case.number, label=turn.word(key, duty)) for key in keys]
    if duty.outcomes and not is_closed(bench):
        choices.append(turn.choice(CLOSE, case.number))
    key = "talk.steps" if choices else "talk.no_steps"
    return Reply(lines=(turn.say(key, case=case.number),), choices=tuple(choices))


def enter(turn: Turn, wish: Wish) -> Reply:
    """登记: a case, a count of art. 20, an activity; the last two on lists of their own."""
    require_recorder(turn)
    said = str(wish.data.get("of", "")) or wish.said
    for of, declared in ((COUNTS, REGISTERS), (ACTS, ACTIVITIES)):
        if said in {of, turn.say(f"talk.enter.{of}")}:
            verbs = [f"{of}:{one.key}" for one in declared]
            choices = tuple(turn.choice(verb, 0, label=turn.word(verb)) for verb in verbs)
            return Reply(lines=(turn.say("talk.enter.what"),), choices=choices)
    return Reply(lines=(turn.say("talk.enter.what"),), choices=tuple(_kinds(turn)))


def _kinds(turn: Turn) -> Iterator[Choice]:
    for duty in turn.works.duties.values():
        if not duty.begins_by_itself:
            label = turn.say("talk.enter.open", kind=turn.labels.duty(duty))
            yield turn.choice(f"{OPEN}:{duty.kind}", 0, label=label)
    for of in (COUNTS, ACTS):
        yield turn.choice("enter", 0, of=of, label=turn.say(f"talk.enter.{of}"))


def with_offers(turn: Turn, reply: Reply) -> Reply:
    """The same, with what can be done at any time."""
    verbs = [*ALWAYS[:2], *(["year"] if reads_all(turn.works.office, turn.person.id) else []), *ALWAYS[2:]]
    keeps = held_roles(turn) & RECORDERS
    verbs += ["enter"] if keeps else []
    verbs += ["back"] if leaves_of(turn) else []
    choices = [turn.choice(verb, 0) for verb in verbs]
    return replace(reply, choices=(*choices, *(waiting_choices(turn) if keeps else ())))
