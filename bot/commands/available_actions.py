"""Offers what can be done as buttons: the steps of a case now, what is entered without a case, and the general verbs.

A verb that needs words is offered too: the dialog then asks for them. A button is no permission: the recorder judges
the act when it is pressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.commands.handover import leaves_of_actor
from bot.commands.join import pending_join_choices
from bot.dialog.command import Intent, require_permission
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.verbs import Verb, VerbKind
from config.office.roles import REGISTER_KEEPER_ROLES
from config.reporting.registers import ACTIVITIES, REGISTERS
from scheduler.terms.deadlines import chronological
from scheduler.validation.case_history import CaseHistory
from scheduler.worklist.next_steps import available_steps, is_closed
from storage.messaging.sessions import SESSION_CHANNEL

ENTRY_KINDS = {
    VerbKind.COUNT: tuple(register.key for register in REGISTERS),
    VerbKind.HOLD: tuple(activity.key for activity in ACTIVITIES),
}
"""What is entered without a case, each kind on a list of its own."""


def show_steps(context: RequestContext, intent: Intent) -> Reply:
    """登记步骤: a button for every step that can be recorded of a case now, and for closing it. Raises MayNot."""
    case, duty = context.case(intent.case)
    require_permission(context, case.number)
    history = CaseHistory(
        duty=duty,
        timeline=chronological(case.records, duty),
        calendar=context.calendar,
        today=context.today,
        roles=context.app.office.roles_of,
    )
    verbs = dict.fromkeys(Verb(VerbKind.STEP, each.step.key) for each in available_steps(history))
    choices = [
        context.choice(verb.kind, case.number, key=verb.key, label=context.word(*verb, duty=duty))
        for verb in verbs
    ]
    if duty.outcomes and not is_closed(history):
        choices.append(context.choice(VerbKind.CLOSE, case.number))
    phrase = "talk.steps" if choices else "talk.no_steps"
    return Reply(lines=(context.say(phrase, case=case.number),), choices=tuple(choices))


def show_entry_kinds(context: RequestContext, intent: Intent) -> Reply:
    """登记: a button for each duty that people open, and the lists of registers and activities."""
    wanted = str(intent.data.get("of", "")) or intent.full_text
    listed = next((kind for kind in ENTRY_KINDS if wanted in {kind, _entry_label(context, kind)}), None)
    choices = _listed_choices(context, listed) if listed else _entry_choices(context)
    return Reply(lines=(context.say("talk.enter.what"),), choices=tuple(choices))


def _listed_choices(context: RequestContext, kind: VerbKind) -> Iterator[Choice]:
    for key in ENTRY_KINDS[kind]:
        yield context.choice(kind, 0, key=key)


def _entry_choices(context: RequestContext) -> Iterator[Choice]:
    for duty in context.app.duties.values():
        if not duty.has_own_opening:
            label = context.say("talk.enter.open", kind=context.labels.duty(duty))
            yield context.choice(VerbKind.OPEN, 0, key=duty.kind, label=label)
    for kind in ENTRY_KINDS:
        yield context.choice(VerbKind.ENTER, 0, of=str(kind), label=_entry_label(context, kind))


def _entry_label(context: RequestContext, kind: VerbKind) -> str:
    return context.say(f"talk.enter.{kind}")


def with_general_actions(context: RequestContext, reply: Reply) -> Reply:
    """The reply with the buttons of what the sender can do at any time."""
    kinds = [kind for kind, offered in _general_verbs(context).items() if offered]
    choices = tuple(context.choice(kind, 0) for kind in kinds)
    joins = pending_join_choices(context) if VerbKind.ENTER in kinds else ()
    return replace(reply, choices=(*choices, *joins))


def _general_verbs(context: RequestContext) -> dict[VerbKind, bool]:
    """The verbs without a case in the order of their buttons, and whether the sender is offered each."""
    return {
        VerbKind.TODO: True,
        VerbKind.ITEM: context.speaks_for_village,
        VerbKind.MONTH: context.speaks_for_village,
        VerbKind.SCORE: context.speaks_for_village,
        VerbKind.RETURNED: context.speaks_for_village,
        VerbKind.SEARCH: not context.speaks_for_village,
        VerbKind.ALL: not context.speaks_for_village and not context.roles & REGISTER_KEEPER_ROLES,
        VerbKind.AGENDA: not context.speaks_for_village,
        VerbKind.PROGRESS: context.reader.reads_all,
        VerbKind.REPORT: context.reader.reads_all,
        VerbKind.CATALOGUE: context.reader.reads_all,
        VerbKind.BULLETIN: True,
        VerbKind.CONTACT: True,
        VerbKind.YEAR: context.reader.reads_all,
        VerbKind.AWAY: True,
        VerbKind.HAND_OVER: True,
        VerbKind.FEEDBACK: True,
        VerbKind.SIGN_IN: context.channel != SESSION_CHANNEL,
        VerbKind.ENTER: bool(context.roles & REGISTER_KEEPER_ROLES),
        VerbKind.BACK: bool(leaves_of_actor(context)),
    }
