"""Decides which texts a chat may show: those that name no applicant and may be published."""

from __future__ import annotations

from sqlalchemy import Connection

from config.declarations.duty import Duty
from storage.content.content_store import ContentStore
from storage.events.approvals import approval_history
from storage.events.case import Case
from storage.proofread.personal_data.detector import masked_text

TEXT_BEGINNING = 60  # characters of a text that its card shows


def text_beginning(connection: Connection, office: str, case: Case, duty: Duty) -> str:
    """The first words of a text to be signed, numbers of persons masked; empty where a chat may not show it."""
    digest = approval_history(case.approvals).manifest
    if not digest or not may_be_shown_in_chat(case, duty):
        return ""
    text = ContentStore(connection, office).manifest(digest).text
    # Numbers are masked before the cut, because half a number at its end would not be recognised.
    return masked_text(text[: 2 * TEXT_BEGINNING])[:TEXT_BEGINNING]


def may_be_shown_in_chat(case: Case, duty: Duty) -> bool:
    """Whether the case's text may be shown in a chat: it names no applicant, and its class allows publication."""
    released = {step.key for step in duty.steps if step.requires_approval}
    withheld = (
        str(case.facts.get(one.field, "")) in one.values and released & set(one.forbidden)
        for one in duty.conditions
        if one.field
    )
    return not duty.has_applicant and not any(withheld)
