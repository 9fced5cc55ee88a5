"""Decides whose accounts a second person confirms, and who may be that second person.

Confirmation belongs to one account or one browser session, never to its person: whoever holds another account of
theirs has to be confirmed there as well. Whoever invited does not confirm, so two people let every signer in, or one
and the terminal (docs/decisions/0025-two-let-a-signer-in.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.errors import Refusal
from config.office.model import Office, Person, Stage
from config.office.roles import REGISTER_KEEPER_ROLES
from scheduler.signoff.refusals import posts_in_words
from storage.events.account_events import TERMINAL
from storage.events.delegations import Absences


class NotOneself(Refusal):
    """Nobody lets themselves in: another person who keeps the registers has to do it, or an account you have."""


class ConfirmedByInviter(Refusal):
    """You invited {post}, so somebody else confirms it is they: {who}, or at the terminal gongkai user confirm."""


class TerminalInvited(Refusal):
    """{post} was invited at the terminal, so a person confirms them: {who}."""


class AccountUnconfirmed(Refusal):
    """No second person has confirmed this account of {post}, so it signs nothing. Ask one of these: {who}."""


def must_be_confirmed(office: Office, person: str, absences: Absences, today: date) -> bool:
    """Whether a second person confirms each account of a person: of whoever is trusted, and of their deputies."""
    trusted = trusted_people(office)
    named = {deputy for one in office.people if one.id in trusted for deputy in one.deputies}
    delegated = {one.deputy for one in absences.delegations if one.person in trusted and one.last >= today}
    return person in trusted | named | delegated


def trusted_people(office: Office) -> frozenset[str]:
    """The ids of whoever may sign a stage for any place, override one, or keep the registers."""
    people = {one.id for stage in _stages(office) for one in _holders_anywhere(office, stage)}
    return frozenset(people | keepers(office))


def keepers(office: Office) -> frozenset[str]:
    """The ids of whoever keeps the registers: they invite and confirm."""
    return frozenset(one.id for role in REGISTER_KEEPER_ROLES for one in office.holders(role))


def confirmers(office: Office, person: str, invited_by: str) -> tuple[Person, ...]:
    """Who may confirm an account of a person: the keepers, but neither the person nor whoever invited them."""
    may = keepers(office) - {person, invited_by}
    return tuple(one for one in office.people if one.id in may)


def require_confirmer(office: Office, person: str, invited_by: str, by: str, *, keepers_are_in: bool) -> None:
    """Refuse whoever may not confirm an account. Raises NotOneself, ConfirmedByInviter or TerminalInvited.

    The person themselves may, from an account of theirs that is confirmed already: it has the code of both. The
    terminal may where it did not invite, or where no keeper is in who could.
    """
    words = {"post": office.post_of(person), "who": posts_in_words(confirmers(office, person, invited_by))}
    if by == TERMINAL and invited_by == TERMINAL and keepers_are_in:
        raise TerminalInvited(**words)
    if by == TERMINAL:
        return
    if by == person == invited_by:
        raise NotOneself
    if by == invited_by:
        raise ConfirmedByInviter(**words)


def _stages(office: Office) -> Iterator[Stage]:
    yield from (stage for chain in office.chains for stage in chain.stages)
    yield from (Stage(name="", by=by) for by in office.override)


def _holders_anywhere(office: Office, stage: Stage) -> Iterator[Person]:
    """The holders of a stage, whichever department or village a text comes from."""
    yield from office.eligible(stage)
    for department in office.departments:
        yield from office.eligible(stage, department=department.id)
    for village in office.villages:
        yield from office.eligible(stage, village=village.id)
