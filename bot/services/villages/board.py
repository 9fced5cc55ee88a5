"""Lists the items of a month as its board shows them: waiting, returned, received, taken up, published.

Only the log is read, never a file: a board costs the same however many photographs there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from bot.services.app import OfficeApp
from bot.services.villages.months import VillageMonthView, list_village_months
from config.declarations.duty import Duty
from config.declarations.keys import ADDRESS_FIELD, LEVEL_FIELD, TITLE_FIELD, VILLAGE_FIELD, VILLAGE_ITEM_KIND
from config.declarations.villages.item_fields import (
    ADOPTED,
    LEVEL_LABELS,
    MEANS_FIELD,
    PAPER,
    PUBLICATION_FIELD,
    REJECTED,
    RESUBMITTED,
    RETURNED,
    TAKEN_UP,
    WITHDRAWN,
)
from config.declarations.villages.item_file_kinds import ITEM_FILE_KINDS, PHOTOGRAPHS
from scheduler.worklist.case_stages import sent_back_step
from storage.events.case import Case, int_field


class ItemState(StrEnum):
    """The states of a village's item, in the order of its way."""

    WAITS = "waits"  # 待收
    RETURNED = "returned"  # 已退回
    RECEIVED = "received"  # 已收
    TAKEN_UP = "taken_up"  # 送审中: its text is in review, which is no adoption yet
    PUBLISHED = "published"  # 已发布: some level adopted it
    REJECTED = "rejected"  # 不予采用
    WITHDRAWN = "withdrawn"  # 已撤回


BOARD_STATES = (
    ItemState.WAITS,
    ItemState.RETURNED,
    ItemState.RECEIVED,
    ItemState.TAKEN_UP,
    ItemState.PUBLISHED,
)
"""The columns of the board; the two other states stand below it."""
RECEIVABLE_STATES = frozenset({ItemState.WAITS, ItemState.RETURNED})
"""The states in which an item can be received."""
TAKEABLE_STATES = frozenset(ItemState) - {ItemState.RETURNED, ItemState.WITHDRAWN}
"""The states in which an item can be adopted: whether its text is on its way or out is asked
separately, and the town may publish what the county did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """An item as one line of the board."""

    number: int
    village: str
    title: str
    state: ItemState
    said_on: date
    """The day on which it was last handed in."""
    files: Mapping[str, int] = field(default_factory=dict)
    """How many it has of each kind, by the kind's key."""
    on_paper: bool = False
    reason: str = ""
    """Why it was returned or refused."""
    publication: str = ""
    """The reference of the text that it became."""
    levels: tuple[str, ...] = ()
    """The levels that adopted it, the lowest first."""
    address: str = ""
    """Where it stands, by the newest adoption that says so."""

    @property
    def photographs(self) -> int:
        """How many photographs it has."""
        return self.files.get(PHOTOGRAPHS.key, 0)


def list_items(app: OfficeApp, month: date) -> tuple[ItemLine, ...]:
    """The items of a month, by village in the order of the office's file and then by number."""
    return items_of_months(app, list_village_months(app, month))


def items_of_months(app: OfficeApp, months: Iterable[VillageMonthView]) -> tuple[ItemLine, ...]:
    """The items of some villages' months, in the order of ``list_items``."""
    duty = app.duties[VILLAGE_ITEM_KIND]
    order = {village.id: place for place, village in enumerate(app.office.villages)}
    parts = [part for view in months for part in view.month.case.parts]
    lines = [item_line(part, duty) for part in parts if part.opening]
    return tuple(sorted(lines, key=lambda line: (order.get(line.village, len(order)), line.number)))


def item_line(case: Case, duty: Duty) -> ItemLine:
    """An item as it stands; ``case`` must have an opening."""
    again = case.last_step(RESUBMITTED)
    content = {**case.facts, **(again.facts if again else {})}
    taken, state = case.last_step(TAKEN_UP), item_state(case, duty)
    adoptions = case.steps_taken(ADOPTED)
    adopted_by = {str(step.facts.get(LEVEL_FIELD, "")) for step in adoptions}
    because = {ItemState.RETURNED: RETURNED, ItemState.REJECTED: REJECTED}.get(state, "")
    why = case.last_step(because) if because else None
    addresses = [str(step.facts[ADDRESS_FIELD]) for step in adoptions if step.facts.get(ADDRESS_FIELD)]
    return ItemLine(
        number=case.number,
        village=str(content.get(VILLAGE_FIELD, "")),
        title=str(content.get(TITLE_FIELD, "")),
        state=state,
        said_on=again.happened_on if again else case.records[0].happened_on,
        files={kind.key: int_field(content, kind.key) for kind in ITEM_FILE_KINDS},
        on_paper=content.get(MEANS_FIELD) == PAPER,
        reason=str(why.facts.get("reason", "")) if why else "",
        publication=str(taken.facts.get(PUBLICATION_FIELD, "")) if taken else "",
        levels=tuple(level for level in LEVEL_LABELS if level in adopted_by),
        address=addresses[-1] if addresses else "",
    )


def item_state(case: Case, duty: Duty) -> ItemState:
    """How far an item has come."""
    if case.closing is None:
        return ItemState.RETURNED if sent_back_step(case, duty) else ItemState.WAITS
    if case.closing.outcome == WITHDRAWN:
        return ItemState.WITHDRAWN
    if case.last_step(ADOPTED):
        return ItemState.PUBLISHED
    if case.last_step(REJECTED):
        return ItemState.REJECTED
    return ItemState.TAKEN_UP if case.last_step(TAKEN_UP) else ItemState.RECEIVED
