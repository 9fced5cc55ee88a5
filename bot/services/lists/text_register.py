"""The list of texts, and the register of their sign-off (审签台账): who wrote, who signed which stage, and when.

Three reviews and three proofs are practice, so the register has no official form: it has a column for each stage of
the office's own chains, in their order [practice].
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.services.lists.case_facts import CaseFacts
from bot.services.lists.case_filters import (
    DAY_FILTERS,
    KIND,
    PLACE,
    STATE,
    place_choices,
    state_choices,
    text_kind_choices,
)
from bot.services.lists.case_listings import HOLDERS, KIND_COLUMN, NUMBER
from bot.services.lists.case_source import CaseListSource
from bot.services.lists.listing import ListAct, ListColumn, ListFilter, Listing, ListReader
from config.declarations.keys import (
    ADDRESS_FIELD,
    DELIVERED_STEP,
    DISCLOSURE_FIELD,
    ORIGIN_FIELD,
    PUBLISHED_STEP,
)
from scheduler.worklist.case_stages import open_defects
from storage.events.approvals import is_published
from storage.events.events import Drafted, Overridden, Signed

STAGE_PREFIX = "stage."


def _title(one: CaseFacts) -> str:
    return one.approval.title or one.title()


def _writers(one: CaseFacts) -> str:
    labels = one.reader.labels
    return one.reader.say("page.comma").join(labels.post(who) for who in sorted(one.approval.writers))


def _drafted_on(one: CaseFacts) -> date | None:
    return next((fact.happened_on for fact in one.case.approvals if isinstance(fact, Drafted)), None)


def _text_state(one: CaseFacts) -> str:
    """How far the text has come, in one word or the name of the stage that it waits for."""
    at, say = one.approval, one.reader.say
    if open_defects(one.case, one.duty):
        return say("page.texts.wrong")
    if at.text.rejected:
        return say("page.texts.rejected")
    if is_published(one.case, one.duty):
        return _sent_state(one) if one.duty.has_applicant else say("page.texts.out")
    if one.case.closing:
        return one.outcome()
    if at.complete:
        return say("page.texts.complete")
    return say("page.texts.waits", stage=at.stage.name) if at.stage else say("page.texts.with_writer")


def _sent_state(one: CaseFacts) -> str:
    """How far an answer has come that is closed: it goes to its applicant, not to the website."""
    if one.case.last_step(DELIVERED_STEP):
        return one.reader.say("page.texts.delivered")
    return one.reader.say("page.texts.unsent") if one.duty.step(DELIVERED_STEP) else one.outcome()


def _stage_column(name: str) -> ListColumn:
    """Who signed a stage and when; both, where two let it pass unsigned."""

    def value(one: CaseFacts) -> str:
        found = [fact for fact in one.approval.text.approvals_in_force if fact.stage == name]
        return one.reader.say("page.semicolon").join(_signed(one, fact) for fact in found)

    return ListColumn(key=f"{STAGE_PREFIX}{name}", value=value, label=name)


def _signed(one: CaseFacts, fact: Signed | Overridden) -> str:
    passed = one.reader.say("page.text.overridden") if isinstance(fact, Overridden) else ""
    return " ".join(part for part in (fact.post, fact.happened_on.isoformat(), passed) if part)


def _stages(reader: ListReader) -> list[str]:
    """The names of the stages of the office's chains, each once, in their order."""
    stages = (stage.name for chain in reader.app.office.chains for stage in chain.stages)
    return list(dict.fromkeys(stages))


_BEFORE_STAGES = (
    NUMBER,
    ListColumn(key="drafted_on", value=_drafted_on, sort="drafted_on"),
    ListColumn(key="text_title", value=_title, main=True),
    KIND_COLUMN,
    ListColumn(key=ORIGIN_FIELD, value=lambda one: one.fact(ORIGIN_FIELD)),
    ListColumn(key="writers", value=_writers),
    ListColumn(key=DISCLOSURE_FIELD, value=lambda one: one.fact(DISCLOSURE_FIELD)),
    ListColumn(key="version", value=lambda one: one.approval.text.version),
)
_AFTER_STAGES = (
    ListColumn(key="published_on", value=lambda one: one.step_day(PUBLISHED_STEP)),
    ListColumn(key="web_address", value=lambda one: one.step_fact(PUBLISHED_STEP, ADDRESS_FIELD)),
    ListColumn(key="text_state", value=_text_state),
    HOLDERS,
)


def _columns(reader: ListReader) -> Sequence[ListColumn]:
    return [*_BEFORE_STAGES, *(_stage_column(name) for name in _stages(reader)), *_AFTER_STAGES]


TEXTS = Listing(
    key="texts",
    path="/texts",
    columns=_columns,
    shown=("text_title", "kind", ORIGIN_FIELD, "drafted_on", "text_state", "holders"),
    filters=(
        ListFilter(key=STATE, choices=state_choices),
        ListFilter(key=KIND, choices=text_kind_choices),
        ListFilter(key=PLACE, choices=place_choices),
        *DAY_FILTERS,
    ),
    order="-drafted_on",
    source=CaseListSource(path="/texts", base=lambda _reader: {"drafted": True}),
    register=(
        "row",
        "drafted_on",
        "text_title",
        "kind",
        ORIGIN_FIELD,
        "writers",
        DISCLOSURE_FIELD,
        STAGE_PREFIX,
        "published_on",
        "web_address",
        "text_state",
    ),
    acts=(ListAct.REMIND,),
)
