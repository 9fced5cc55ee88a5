"""What the columns of a list of cases are read from: the case, its due date, whom it waits for, and its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.services.lists.listing import CellValue, ListReader
from config.declarations.duty import Duty, Field
from config.declarations.keys import TITLE_FIELD
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.worklist.agenda import AgendaItem, agenda_item
from scheduler.worklist.pending import PendingAction
from storage.events.case import Case
from storage.events.events import Opened, Stepped


@dataclass(kw_only=True)
class CaseFacts:
    """One case as a list reads it. What only some columns need is worked out when they ask."""

    case: Case
    opening: Opened
    duty: Duty
    reader: ListReader

    @cached_property
    def item(self) -> AgendaItem:
        """The case with its due date."""
        reader = self.reader
        return agenda_item(self.case, self.opening, self.duty, reader.calendar, reader.today)

    @cached_property
    def waits(self) -> Sequence[PendingAction]:
        """What it waits for."""
        return self.reader.pending(self.case, self.duty)

    @cached_property
    def approval(self) -> ApprovalState:
        """The state of its text."""
        return approval_state_of_case(self.reader.app.office, self.case, self.duty)

    @property
    def is_late(self) -> bool:
        """Whether it is open beyond its due date."""
        return self.item.overdue

    def title(self) -> str:
        """Its title: of its text, or of the case."""
        titled = self.opening.facts.get(TITLE_FIELD)
        labels = self.reader.labels
        return (
            str(titled)
            if titled and not self.duty.parts
            else labels.case_title(self.opening, self.case.number)
        )

    def kind(self) -> str:
        """The label of its kind."""
        return self.reader.labels.duty(self.duty)

    def state(self) -> str:
        """Whether it is open."""
        return self.reader.say(f"page.lists.state.{'closed' if self.case.closing else 'open'}")

    def closed_on(self) -> date | None:
        """When it was closed."""
        return self.case.closing.happened_on if self.case.closing else None

    def outcome(self) -> str:
        """How it was closed."""
        closing = self.case.closing
        found = self.duty.outcome(closing.outcome) if closing else None
        return self.reader.labels.label(found) if found else closing.outcome if closing else ""

    def holders(self) -> str:
        """Whom it waits for, by post; of a closed case nobody."""
        people = dict.fromkeys(person for wait in self.waits[:1] for person in wait.who)
        return self.reader.say("page.comma").join(map(self.reader.labels.post, people))

    def stands(self) -> str:
        """How it stands with its due date, in words; empty once it is closed."""
        say, labels, item, due = self.reader.say, self.reader.labels, self.item, self.item.due
        if self.case.closing:
            return ""
        parts = [say("page.expired", day=labels.day(one.limit)) for one in item.expired]
        if due.day:
            parts = [self._left(item), *parts]
            parts += [say("page.provisional")] if due.provisional else []
            parts += [say("page.unconfirmed_basis")] if due.unconfirmed else []
        elif due.external_waits:
            latest = labels.day(due.latest, provisional=due.latest_provisional) if due.latest else ""
            parts = [say(f"clock.state.{due.state}"), *parts]
            parts += [say("page.latest", day=latest)] if latest else []
        else:
            parts.append(say("page.no_term"))
        return say("page.semicolon").join(parts)

    def _left(self, item: AgendaItem) -> str:
        say, left = self.reader.say, item.left or 0
        if item.overdue:
            return say("page.overdue", days=-left) if left else say("page.just_overdue")
        return say("page.today") if item.due.day == self.reader.today else say("page.left", days=left)

    def fact(self, key: str) -> CellValue:
        """What its opening says in a field, in words."""
        return self._shown(self.duty.field(key), self.opening.facts.get(key))

    def step(self, key: str) -> Stepped | None:
        """The newest step of a key."""
        return self.case.last_step(key)

    def step_fact(self, step: str, key: str) -> CellValue:
        """What the newest step of a key says in a field, in words."""
        taken, declared = self.step(step), self.duty.step(step)
        field = next((one for one in declared.fields if one.key == key), None) if declared else None
        return self._shown(field, taken.facts.get(key)) if taken else None

    def step_day(self, step: str) -> date | None:
        """When the newest step of a key happened."""
        taken = self.step(step)
        return taken.happened_on if taken else None

    def _shown(self, field: Field | None, value: object) -> CellValue:
        if value is None or value == "":
            return None
        return value if isinstance(value, int) else self.reader.labels.fact(field, value)
