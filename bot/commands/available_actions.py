"""What can be done, as buttons: the steps of a case now, and what is entered without one.

Whatever takes words can be pressed too: the conversation then asks for them. An offer is no right: the desk judges
what is said all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.commands.case_commands import Intent, require_permission
from bot.commands.handover import leaves_of_actor
from bot.commands.join import pending_join_choices
from bot.commands.office_commands import require_register_keeper
from bot.dialog.forms import CLOSE, OPEN, STEP
from bot.dialog.permissions import REGISTER_KEEPER_ROLES, effective_roles, is_office_staff
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from config.reporting.activities import ACTIVITIES
from config.reporting.registers import REGISTERS
from scheduler.terms.deadlines import chronological
from scheduler.validation.available_steps import available_steps, is_closed
from scheduler.validation.case_history import CaseHistory

REGISTER_ENTRIES, ACTIVITY_ENTRIES = "count", "hold"
GENERAL_VERBS = ("todo", "search", "away", "hand_over", "feedback")
"""What everybody can ask for at any time; whoever reads all sees the year as well, and the keepers enter."""


def show_steps(context: RequestContext, intent: Intent) -> Reply:
    """登记步骤: everything that can be recorded of a case now, each a button."""
    case, duty = context.case(intent.case)
    require_permission(context, case.number)
    story = chronological([record for _, record in case.timeline], duty)
    bench = CaseHistory(
        duty=duty,
        timeline=story,
        calendar=context.calendar,
        today=context.today,
        roles=context.app.office.roles_of,
    )
    keys = dict.fromkeys(f"{STEP}:{offer.step.key}" for offer in available_steps(bench))
    choices = [context.choice(key, case.number, label=context.word(key, duty)) for key in keys]
    if duty.outcomes and not is_closed(bench):
        choices.append(context.choice(CLOSE, case.number))
    key = "talk.steps" if choices else "talk.no_steps"
    return Reply(lines=(context.say(key, case=case.number),), choices=tuple(choices))


def show_entry_kinds(context: RequestContext, intent: Intent) -> Reply:
    """登记: a case, a count of art. 20, an activity; the last two on lists of their own."""
    require_register_keeper(context)
    said = str(intent.data.get("of", "")) or intent.full_text
    for of, declared in ((REGISTER_ENTRIES, REGISTERS), (ACTIVITY_ENTRIES, ACTIVITIES)):
        if said in {of, context.say(f"talk.enter.{of}")}:
            verbs = [f"{of}:{one.key}" for one in declared]
            choices = tuple(context.choice(verb, 0, label=context.word(verb)) for verb in verbs)
            return Reply(lines=(context.say("talk.enter.what"),), choices=choices)
    return Reply(lines=(context.say("talk.enter.what"),), choices=tuple(_entry_choices(context)))


def _entry_choices(context: RequestContext) -> Iterator[Choice]:
    for duty in context.app.duties.values():
        if not duty.opens_automatically:
            label = context.say("talk.enter.open", kind=context.labels.duty(duty))
            yield context.choice(f"{OPEN}:{duty.kind}", 0, label=label)
    for of in (REGISTER_ENTRIES, ACTIVITY_ENTRIES):
        yield context.choice("enter", 0, of=of, label=context.say(f"talk.enter.{of}"))


def with_general_actions(context: RequestContext, reply: Reply) -> Reply:
    """The same, with what can be done at any time."""
    verbs = [
        *GENERAL_VERBS[:2],
        *(["year"] if is_office_staff(context.app.office, context.person.id) else []),
        *GENERAL_VERBS[2:],
    ]
    keeps = effective_roles(context) & REGISTER_KEEPER_ROLES
    verbs += ["enter"] if keeps else []
    verbs += ["back"] if leaves_of_actor(context) else []
    choices = [context.choice(verb, 0) for verb in verbs]
    return replace(reply, choices=(*choices, *(pending_join_choices(context) if keeps else ())))
