"""Decides who may show a text to whom, and who may comment on it (传阅): it holds up no stage and signs nothing.

Whoever has to do with the text may show it: its writers, those who signed or can sign now, and the keepers of the
registers. It goes to people of the office, not to villages. What was said stays beside the text through every return
and version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from config.errors import Refusal
from config.office.model import Office
from config.office.roles import REGISTER_KEEPER_ROLES, are_village_roles
from scheduler.signoff.acts import SignoffContext, require_same_version
from scheduler.signoff.approval_state import ApprovalState, signer_ids
from scheduler.signoff.signing_rights import signers, whose_right
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Acknowledged, Circulated, Commented

BASIS = "read"
"""What the basis of the reader's pending action begins with; the log position of the circulation follows."""


class MayNotCirculate(Refusal):
    """{post} has nothing to do with this text and cannot show it to others. Ask one of its writers, or the clerk."""


class NotForVillages(Refusal):
    """{post} works for a village; a text is shown to people of the office. Choose one of them."""


class ShownToSelf(Refusal):
    """A text is shown to somebody else. Choose another person."""


class NotShownToYou(Refusal):
    """This text was not shown to {post} for an opinion, or the opinion was given already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCirculation:
    """A text that was shown to somebody who has not read it yet."""

    position: int
    """The log position of the record."""
    record: Circulated

    @property
    def basis(self) -> str:
        """The basis of its pending action."""
        return f"{BASIS} {self.position}"


def circulate(context: SignoffContext, by: str, to: str, manifest: str, note: str = "") -> Circulated:
    """Return the record by which a person shows the text to another."""
    sender, reader = context.person(by), context.person(to)
    require_same_version(context, manifest)
    if by == to:
        raise ShownToSelf
    if not may_circulate(context.state, context.office, by):
        raise MayNotCirculate(post=sender.post)
    if not may_be_shown_texts(context.office, to):
        raise NotForVillages(post=reader.post)
    return Circulated(
        case=context.case,
        happened_on=context.said_on,
        by=by,
        post=sender.post,
        to=to,
        manifest=manifest,
        note=note.strip(),
    )


def comment(
    context: SignoffContext, by: str, manifest: str, opinion: str, shown: Sequence[OpenCirculation]
) -> Commented:
    """Return the record by which somebody has read the text that was shown to them."""
    reader = context.person(by)
    theirs = circulations_for(shown, context.absences, by, context.today)
    if not theirs:
        raise NotShownToYou(post=reader.post)
    require_same_version(context, manifest)
    readers = dict.fromkeys(one.record.to for one in theirs)
    return Commented(
        case=context.case,
        happened_on=context.said_on,
        by=by,
        post=reader.post,
        manifest=manifest,
        opinion=opinion.strip(),
        read_for=tuple(person for person in readers if person != by),
    )


def circulations_for(
    shown: Sequence[OpenCirculation], absences: Absences, person: str, day: date
) -> list[OpenCirculation]:
    """Return what waits for a person to read it: shown to them, or to somebody in whose place they are on a day."""
    absent = [one.person for one in absences.acting_for(person, day)]
    awaited = [absences.successor(one.record.to) for one in shown]
    reads_as = whose_right(person, absent, awaited, ())
    return [one for one, reader in zip(shown, awaited, strict=True) if reader == reads_as]


def open_circulations(case: Case) -> tuple[OpenCirculation, ...]:
    """Return what was shown to people who have neither commented on it nor acknowledged it since."""
    waiting: dict[int, OpenCirculation] = {}
    for entry in case.entries:
        match entry.record:
            case Circulated() as shown:
                waiting[entry.position] = OpenCirculation(position=entry.position, record=shown)
            case Commented(by=by, read_for=others):
                waiting = {at: one for at, one in waiting.items() if one.record.to not in {by, *others}}
            case Acknowledged(basis=basis):
                waiting = {at: one for at, one in waiting.items() if one.basis != basis}
    return tuple(waiting.values())


def may_be_shown_texts(office: Office, person: str) -> bool:
    """Whether a text can be shown to a person: to whoever does not work for a village alone."""
    return not are_village_roles(office.roles_of(person))


def may_circulate(state: ApprovalState, office: Office, person: str) -> bool:
    """Whether a person has to do with a text: wrote or signed it, can sign it now, or keeps the registers."""
    involved = state.text.drafters | signer_ids(state.signed) | {one.id for one in signers(state, office)}
    return person in involved or bool(office.roles_of(person) & REGISTER_KEEPER_ROLES)
