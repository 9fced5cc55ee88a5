"""What is said about a text at the desk: drafted, signed, returned, taken back, handed on, ended, let pass.

The rules are pure (``signing_rules``); here they are asked under the desk's lock, on what is recorded at that
moment, and never on what a button showed. Whoever acts acts for themselves: the seat knows who sits there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from config.declarations.duty import Duty
from config.errors import HeldBack, Refusal
from config.office.model import ROLES
from scheduler.recording.context import Seat
from scheduler.signoff import rules
from scheduler.signoff.approval_state import WRITER, Standing, standing
from scheduler.signoff.rules import Ground
from scheduler.terms.deadlines import CLOSED, due
from storage.content.content_store import Archive
from storage.events.approvals import is_out, releases
from storage.events.case import Case, chain_kind
from storage.events.delegations import Absences, absences
from storage.events.events import Approval, Delegated, Drafted, Recalled, Signed
from storage.events.manifest import DESCRIBED, Manifest, described_by
from storage.proofread.review import stopped_by
from storage.reading.texts.manifest_text import manuscript_of

KEEPERS = ("clerk", "office_head")
"""Who may record a delegation for somebody who is away already."""


class NoChain(Refusal):
    """Case {case} is of a kind whose answer nobody signs."""


class ForAnother(Refusal):
    """{actor} cannot act as {by}. Each acts under their own name, also in somebody's stead."""


class OneActAtATime(Refusal):
    """A signature rests on what is recorded. Record the earlier one first, then let the next person sign."""


class FileMissing(Refusal):
    """The file “{name}” is named in the text and was not laid down with it. Add it, or leave it out."""


class OtherDescription(Refusal):
    """Its case says of “{label}”: {case}; the text says: {text}. Correct one of them, then lay it down."""


class UnknownOrigin(Refusal):
    """“{origin}” is neither a department nor a village of the office. Known: {known}."""


class NoDelegation(Refusal):
    """{why}. Write who is away, who stands in, and from which day to which: 委托."""


class NoSuchDelegation(Refusal):
    """There is no delegation №{position} to end: none was recorded there, or it is over. See: gongkai absences."""


class NotYourDelegation(Refusal):
    """{post} cannot record this delegation: that is for whoever is away, or for {who}; never for the deputy."""


@dataclass(slots=True, kw_only=True)
class Signing(Seat):
    """The acts about a text."""

    def draft(self, case: int, by: str, manifest: Manifest, files: Sequence[bytes] = ()) -> None:
        """Somebody wrote or changed a case's text; what was signed before is void (``falls`` tells it before)."""
        found = self.case(case)
        self._require_discreet(case, manifest.words)
        ground = self._ground(found)
        self._require_described(found, manifest)
        self._require_clean(manifest, files)
        fact = rules.draft(ground, by, manifest)
        self._keep(manifest, files)
        self._say(fact)

    def sign(self, case: int, by: str, stage: str, manifest: str, *, said_at: str = "") -> None:
        """A person approves exactly this text. Raises the Refusal that says who may instead."""
        self._require_self(by)
        found = self.case(case)
        ground = self._ground(found)
        fact = rules.sign(ground, by, stage, manifest, said_at=said_at)
        self._say(replace(fact, relied_on=tuple(self._cited(found, one) for one in ground.at.signed)))

    def send_back(self, case: int, by: str, manifest: str, reason: str, to: str = WRITER) -> None:
        """A person who could sign now returns the text to an earlier stage, or to its writer."""
        self._require_self(by)
        self._require_reason(case, reason)
        self._say(rules.send_back(self._ground(self.case(case)), by, manifest, reason, to))

    def withdraw(self, case: int, by: str, reason: str) -> None:
        """A person takes their own signature back, while the next stage has not acted."""
        self._require_self(by)
        self._require_reason(case, reason)
        ground = self._ground(self.case(case))
        self._say(rules.withdraw(ground, by, ground.at.manifest, reason))

    def reject(self, case: int, by: str, manifest: str, reason: str) -> None:
        """A person who could sign now ends the text's way; its case is then closed as its kind declares."""
        self._require_self(by)
        self._require_reason(case, reason)
        self._say(rules.reject(self._ground(self.case(case)), by, manifest, reason))

    def pass_on(self, case: int, by: str, to: str, manifest: str, reason: str = "") -> None:
        """A person who could sign now hands the stage to somebody else who may; only they may then."""
        self._require_self(by)
        self._require_discreet(case, reason)
        self._say(rules.pass_on(self._ground(self.case(case)), by, manifest, to, reason))

    def override(
        self, case: int, by: str, stage: str, manifest: str, reason: str, *, said_at: str = ""
    ) -> None:
        """One of two people lets the open stage pass unsigned; it passes once the second has said so too."""
        self._require_self(by)
        self._require_reason(case, reason)
        self._say(rules.override(self._ground(self.case(case)), by, stage, manifest, reason, said_at=said_at))

    def delegate(self, person: str, deputy: str, first: date, last: date, reason: str = "") -> None:
        """Somebody is away from one day to another and another acts for them, in their own name."""
        posts = {row.id: row.post for row in self.office.people}
        if not {person, deputy} <= posts.keys() or person == deputy:
            raise NoDelegation(why=f"{posts.get(person, person)} → {posts.get(deputy, deputy)}")
        if not self.today <= last or last < first:
            raise NoDelegation(why=f"{first} … {last}")
        self._require_keeper(person, never=deputy)
        self._say(
            Delegated(
                happened_on=self.today,
                person=person,
                deputy=deputy,
                first=first.isoformat(),
                last=last.isoformat(),
                reason=reason,
            )
        )

    def recall(self, position: int, reason: str = "") -> None:
        """A delegation ends today: its person is back, or its deputy gives it up."""
        found = next((one for one in self.absences().delegations if one.position == position), None)
        if found is None or found.last < self.today:
            raise NoSuchDelegation(position=position)
        if self.actor != found.deputy:
            self._require_keeper(found.person)
        self._say(Recalled(happened_on=self.today, position=position, reason=reason))

    def standing(self, case: int) -> Standing:
        """How far a case's text has come, with what this sitting has said so far."""
        return self._ground(self.case(case)).at

    def absences(self) -> Absences:
        """Who stands in for whom, by what is recorded."""
        return absences(self.wide)

    def ground_of(self, case: Case, duty: Duty) -> Ground:
        """What an act about this case's text stands on, as the case is given."""
        chain = self.office.chain(chain_kind(case, duty))
        story = [record for _, record in case.story]
        return Ground(
            case=case.number,
            chain=chain,
            office=self.office,
            absences=self.absences(),
            today=self.today,
            at=standing(chain, self.office, case.approvals),
            rejected="" if releases(case, duty) else duty.rejected,
            out=is_out(case, duty),
            closed=due(story, duty, self.calendar).state == CLOSED,
        )

    def forget_files(self, case: int) -> None:
        """Take away the files that were laid down for a case: they name its applicant. The manifests stay."""
        archive = Archive(self.log.connection, self.log.office)
        drafted = {fact.manifest for fact in self.case(case).approvals if isinstance(fact, Drafted)}
        manifests = [archive.manifest(digest) for digest in archive.known(drafted)]
        archive.forget(one.sha256 for manifest in manifests for one in manifest.attachments)

    def _ground(self, case: Case) -> Ground:
        duty = self.index.duties.get(case.opening.kind) if case.opening else None
        if duty is None or not chain_kind(case, duty):
            raise NoChain(case=case.number)
        ground = self.ground_of(case, duty)
        said = [item.record for item in self.said if isinstance(item.record, Approval)]
        mine = [fact for fact in said if fact.case == case.number]
        if mine:
            at = standing(ground.chain, self.office, [*case.approvals, *mine])
            ground = replace(ground, at=at)
        return ground

    def _cited(self, case: Case, signature: Signed) -> str:
        """An earlier signature by its place in the log and its fingerprint."""
        entry = next((one for one in case.entries if one.record is signature), None)
        if entry is None:
            raise OneActAtATime
        return f"{entry.position} {entry.hash}"

    def _keep(self, manifest: Manifest, files: Sequence[bytes]) -> None:
        archive = Archive(self.log.connection, self.log.office)
        given = {sha256(content).hexdigest(): content for content in files}
        for one in manifest.attachments:
            if one.sha256 in given:
                archive.keep(given[one.sha256], one.name)
            elif not archive.known([one.sha256]):
                raise FileMissing(name=one.name)
        archive.keep(manifest.canonical(), manifest.title)

    def _require_clean(self, manifest: Manifest, files: Sequence[bytes]) -> None:
        """Personal data and secrecy marks never enter, whoever lays them down (条例 art. 14, 15)."""
        given = Archive(self.log.connection, self.log.office).files(manifest) if manifest.disclosure else {}
        given |= {sha256(content).hexdigest(): content for content in files}
        found = stopped_by(manuscript_of(manifest, given), self.office, self.given_out())
        if found:
            raise HeldBack(found)

    def _require_described(self, case: Case, manifest: Manifest) -> None:
        """What the case and the text both know of it must be the same, and come from a place there is."""
        places = [row.id for row in self.office.departments] + [row.id for row in self.office.villages]
        if manifest.origin and manifest.origin not in places:
            raise UnknownOrigin(origin=manifest.origin, known=", ".join(places))
        duty = self.index.duties.get(case.opening.kind) if case.opening else None
        if duty:
            require_described(duty, case, manifest.described)

    def _require_self(self, by: str) -> None:
        if by != self.actor:
            raise ForAnother(actor=self.actor, by=by)

    def _require_keeper(self, person: str, *, never: str = "") -> None:
        """Whoever is away says so themselves, or the clerk does; the deputy never does."""
        keepers = {who.id for role in KEEPERS for who in self.office.holders(role)}
        if self.actor == never or self.actor not in keepers | {person}:
            post = {row.id: row.post for row in self.office.people}
            who = "、".join(ROLES[role] for role in KEEPERS)
            raise NotYourDelegation(post=post.get(self.actor, self.actor), who=who)


def require_described(duty: Duty, case: Case, described: Mapping[str, str | int]) -> None:
    """OtherDescription where the case says otherwise of its text than the text itself."""
    facts = described_by(case.facts)
    for key in DESCRIBED:
        field = duty.field(key)
        if field and str(described.get(key, "")) != facts.get(key, ""):
            words = {"case": facts.get(key, "—"), "text": described.get(key, "—")}
            raise OtherDescription(label=field.label, **words)
