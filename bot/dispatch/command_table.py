"""Declares for every kind of verb which command handles it, and how the case it is about is found.

A new verb is one line here and its phrases ``verb.<kind>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from bot.commands import (
    available_actions,
    case_commands,
    circulation,
    draft_text,
    handover,
    join,
    office_commands,
    read_text,
    reminders,
    signing,
)
from bot.commands.queries import agenda, cases
from bot.commands.villages import item_decisions, item_report, month_questions
from bot.dialog.command import CommandHandler
from bot.language.verbs import VerbKind
from config.office.roles import AccessLevel


class CaseSource(Enum):
    """Where the case of a verb comes from when the message names none."""

    NONE = "none"  # the verb is about no case
    WORKLIST = "worklist"  # what fits on the sender's list
    MESSAGE = "message"  # nowhere: the verb is about other people's tasks and requires a number


class CommandRule(NamedTuple):
    """How a verb is carried out."""

    handler: CommandHandler
    access: AccessLevel
    """Who may use it at all. Whether the sender may read the case it names is asked for every verb
    (``RequestContext.case``)."""
    case: CaseSource = CaseSource.WORKLIST
    in_groups: bool = False
    """True if it may be asked where others read along; personal work belongs in the private chat."""
    read_only: bool = False
    """True if it records nothing: the only case that fits needs no confirmation, and a question is no doubt."""


JOINED, READ, RECORD = AccessLevel.JOINED, AccessLevel.READ, AccessLevel.RECORD
COMMANDS: Mapping[VerbKind, CommandRule] = {
    VerbKind.APPROVE: CommandRule(signing.approve, JOINED),
    VerbKind.RETURN: CommandRule(signing.send_back, JOINED),
    VerbKind.REJECT: CommandRule(signing.reject, JOINED),
    VerbKind.OVERRIDE: CommandRule(signing.override, JOINED),
    VerbKind.WITHDRAW: CommandRule(signing.withdraw, JOINED, CaseSource.MESSAGE),
    VerbKind.HAND_ON: CommandRule(handover.reassign, JOINED),
    VerbKind.ACKNOWLEDGE: CommandRule(reminders.acknowledge, JOINED),
    VerbKind.SNOOZE: CommandRule(reminders.snooze, JOINED),
    VerbKind.NUDGE: CommandRule(reminders.nudge, JOINED, CaseSource.MESSAGE),
    VerbKind.CLOSE: CommandRule(case_commands.close_case, JOINED),
    VerbKind.STEP: CommandRule(case_commands.take_step, JOINED),
    VerbKind.DRAFT: CommandRule(
        draft_text.begin_draft, JOINED, read_only=True
    ),  # it is shown before it is submitted
    VerbKind.TEXT: CommandRule(read_text.read_text, JOINED, read_only=True),
    VerbKind.FILES: CommandRule(read_text.send_files, JOINED, read_only=True),
    VerbKind.SHOW: CommandRule(cases.show_case, JOINED, in_groups=True, read_only=True),
    VerbKind.MORE: CommandRule(cases.show_more_actions, JOINED, read_only=True),
    VerbKind.STEPS: CommandRule(available_actions.show_steps, JOINED, read_only=True),
    VerbKind.WHY: CommandRule(cases.explain_due_date, JOINED, in_groups=True, read_only=True),
    VerbKind.HISTORY: CommandRule(cases.show_history, JOINED, in_groups=True, read_only=True),
    VerbKind.TODO: CommandRule(cases.show_worklist, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.SEARCH: CommandRule(
        cases.search_for_cases, JOINED, CaseSource.NONE, in_groups=True, read_only=True
    ),
    VerbKind.YEAR: CommandRule(cases.show_year_summary, READ, CaseSource.NONE, read_only=True),
    VerbKind.HELP: CommandRule(cases.show_help, JOINED, CaseSource.NONE, in_groups=True, read_only=True),
    VerbKind.ENTER: CommandRule(available_actions.show_entry_kinds, RECORD, CaseSource.NONE, read_only=True),
    VerbKind.OPEN: CommandRule(case_commands.register_case, RECORD, CaseSource.NONE),
    VerbKind.COUNT: CommandRule(office_commands.record_count, RECORD, CaseSource.NONE),
    VerbKind.HOLD: CommandRule(office_commands.record_activity, RECORD, CaseSource.NONE),
    VerbKind.AWAY: CommandRule(handover.begin_leave, JOINED, CaseSource.NONE),
    VerbKind.BACK: CommandRule(handover.end_leave, JOINED, CaseSource.NONE),
    VerbKind.HAND_OVER: CommandRule(handover.hand_over_all, JOINED, CaseSource.NONE),
    VerbKind.UNDO: CommandRule(office_commands.undo, JOINED, CaseSource.NONE),
    VerbKind.CONSENT: CommandRule(handover.consent_to_leave, JOINED, CaseSource.NONE),
    VerbKind.DECLINE: CommandRule(handover.decline_leave, JOINED, CaseSource.NONE),
    VerbKind.LET_IN: CommandRule(join.confirm_join, JOINED, CaseSource.NONE),
    VerbKind.SIGN_IN: CommandRule(join.give_sign_in, JOINED, CaseSource.NONE),
    VerbKind.FEEDBACK: CommandRule(office_commands.feedback, JOINED, CaseSource.NONE),
    VerbKind.ITEM: CommandRule(  # it is shown before it is handed in
        item_report.begin_item, JOINED, CaseSource.NONE, read_only=True
    ),
    VerbKind.RECEIVE: CommandRule(item_decisions.receive, JOINED),
    VerbKind.TAKE_UP: CommandRule(item_decisions.take_up, JOINED),
    VerbKind.CIRCULATE: CommandRule(circulation.circulate, JOINED),
    VerbKind.COMMENT: CommandRule(circulation.comment, JOINED),
    VerbKind.MONTH: CommandRule(month_questions.show_month, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.SCORE: CommandRule(month_questions.show_score, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.PROGRESS: CommandRule(month_questions.show_progress, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.RETURNED: CommandRule(month_questions.show_returned, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.BULLETIN: CommandRule(month_questions.show_bulletin, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.AGENDA: CommandRule(agenda.show_agenda, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.REPORT: CommandRule(agenda.show_annual_report, READ, CaseSource.NONE, read_only=True),
    VerbKind.CATALOGUE: CommandRule(agenda.show_catalogue, READ, CaseSource.NONE, read_only=True),
    VerbKind.CONTACT: CommandRule(agenda.show_contact, JOINED, CaseSource.NONE, read_only=True),
    VerbKind.ALL: CommandRule(agenda.show_texts_to_sign, JOINED, CaseSource.NONE, read_only=True),
}
"""Every verb but those about the open form, which ``bot/dispatch/execution.py`` answers itself."""
FORM_KINDS = frozenset({VerbKind.FILL, VerbKind.CONFIRM, VerbKind.PAGE})
"""Verbs that answer or show the open form."""
GROUP_KINDS = frozenset(kind for kind, rule in COMMANDS.items() if rule.in_groups)


def case_source(kind: VerbKind) -> CaseSource:
    """Where the case of a verb comes from; the verbs about the open form take its case."""
    return COMMANDS[kind].case if kind in COMMANDS else CaseSource.NONE
