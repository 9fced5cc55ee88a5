"""Decides which texts a chat may show: those that name no applicant and may be published."""

from __future__ import annotations

from config.declarations.duty import Duty
from storage.events.case import Case


def may_be_shown_in_chat(case: Case, duty: Duty) -> bool:
    """Whether the case's text may be shown in a chat: it names no applicant, and its class allows publication."""
    released = {step.key for step in duty.steps if step.requires_approval}
    withheld = (
        str(case.facts.get(one.field, "")) in one.values and released & set(one.forbidden)
        for one in duty.conditions
        if one.field
    )
    return duty.receipt is None and not any(withheld)
