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
from config.office.roles import ROLES
from scheduler.recording.context import RecordingContext
from scheduler.signoff import rules
from scheduler.signoff.approval_state import WRITER, ApprovalState, approval_state
from scheduler.signoff.rules import SignoffContext
from scheduler.terms.deadlines import CLOSED, due_date
from storage.content.content_store import ContentStore
from storage.events.approvals import is_published, releases
from storage.events.case import Case, chain_kind
from storage.events.delegations import Absences, fold_absences
from storage.events.events import Approval, Delegated, Drafted, Recalled, Signed
from storage.events.manifest import DESCRIPTION_KEYS, Manifest, description_from
from storage.proofread.review import blocking_findings
from storage.reading.texts.manifest_text import manuscript_of

class NoChain(Refusal):
    """Case {case} is of a kind whose answer nobody signs."""


class OneActAtATime(Refusal):
    """A signature rests on what is recorded. Record the earlier one first, then let the next person sign."""


class FileMissing(Refusal):
    """The file “{name}” is named in the text and was not laid down with it. Add it, or leave it out."""


class OtherDescription(Refusal):
    """Its case says of “{label}”: {case}; the text says: {text}. Correct one of them, then lay it down."""


class UnknownOrigin(Refusal):
    """“{origin}” is neither a department nor a village of the office. Known: {known}."""


@dataclass(slots=True, kw_only=True)
class SignoffCommands(RecordingContext):
    """The acts about a text."""

    def draft(self, case: int, by: str, manifest: Manifest, files: Sequence[bytes] = ()) -> None:
        """Somebody wrote or changed a case's text; what was signed before is void (``falls`` tells it before)."""
        found = self.case(case)
        self._require_anonymous(case, manifest.words)
        ground = self._signoff_context(found)
        self._require_matching_description(found, manifest)
        self._require_no_sensitive_content(manifest, files)
        fact = rules.draft(ground, by, manifest)
        self._store_text(manifest, files)
        self._add_event(fact)

    def sign(self, case: int, by: str, stage: str, manifest: str, *, said_at: str = "") -> None:
        """A person approves exactly this text. Raises the Refusal that says who may instead."""
        self._require_self(by)
        found = self.case(case)
        ground = self._signoff_context(found)
        fact = rules.sign(ground, by, stage, manifest, said_at=said_at)
        self._add_event(
            replace(
                fact, relied_on=tuple(self._signature_reference(found, one) for one in ground.state.signed)
            )
        )

    def send_back(self, case: int, by: str, manifest: str, reason: str, to: str = WRITER) -> None:
        """A person who could sign now returns the text to an earlier stage, or to its writer."""
        self._require_self(by)
        self._require_reason(case, reason)
        self._add_event(rules.send_back(self._signoff_context(self.case(case)), by, manifest, reason, to))

    def withdraw(self, case: int, by: str, reason: str) -> None:
        """A person takes their own signature back, while the next stage has not acted."""
        self._require_self(by)
        self._require_reason(case, reason)
        ground = self._signoff_context(self.case(case))
        self._add_event(rules.withdraw(ground, by, ground.state.manifest, reason))

    def reject(self, case: int, by: str, manifest: str, reason: str) -> None:
        """A person who could sign now ends the text's way; its case is then closed as its kind declares."""
        self._require_self(by)
        self._require_reason(case, reason)
        self._add_event(rules.reject(self._signoff_context(self.case(case)), by, manifest, reason))

    def reassign_stage(self, case: int, by: str, to: str, manifest: str, reason: str = "") -> None:
        """A person who could sign now hands the stage to somebody else who may; only they may then."""
        self._require_self(by)
        self._require_anonymous(case, reason)
        self._add_event(
            rules.reassign_stage(self._signoff_context(self.case(case)), by, manifest, to, reason)
        )

    def override(
        self, case: int, by: str, stage: str, manifest: str, reason: str, *, said_at: str = ""
    ) -> None:
        """One of two people lets the open stage pass unsigned; it passes once the second has said so too."""
        self._require_self(by)
        self._require_reason(case, reason)
        self._add_event(
            rules.override(
                self._signoff_context(self.case(case)), by, stage, manifest, reason, said_at=said_at
            )
        )

    def delegate(self, person: str, deputy: str, first: date, last: date, reason: str = "") -> None:
        """Somebody is away from one day to another and another acts for them, in their own name."""
        posts = {row.id: row.post for row in self.office.people}
        if not {person, deputy} <= posts.keys() or person == deputy:
            raise NoDelegation(why=f"{posts.get(person, person)} → {posts.get(deputy, deputy)}")
        if not self.today <= last or last < first:
            raise NoDelegation(why=f"{first} … {last}")
        self._require_delegation_recorder(person, never=deputy)
        self._add_event(
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
            self._require_delegation_recorder(found.person)
        self._add_event(Recalled(happened_on=self.today, position=position, reason=reason))

    def approval_state(self, case: int) -> ApprovalState:
        """How far a case's text has come, with what this sitting has said so far."""
        return self._signoff_context(self.case(case)).state

    def absences(self) -> Absences:
        """Who stands in for whom, by what is recorded."""
        return fold_absences(self.office_events)

    def signoff_context_of(self, case: Case, duty: Duty) -> SignoffContext:
        """What an act about this case's text stands on, as the case is given."""
        chain = self.office.chain(chain_kind(case, duty))
        story = [record for _, record in case.timeline]
        return SignoffContext(
            case=case.number,
            chain=chain,
            office=self.office,
            absences=self.absences(),
            today=self.today,
            state=approval_state(chain, self.office, case.approvals),
            rejected="" if releases(case, duty) else duty.rejected,
            is_released=is_published(case, duty),
            closed=due_date(story, duty, self.calendar).state == CLOSED,
        )

    def forget_files(self, case: int) -> None:
        """Take away the files that were laid down for a case: they name its applicant. The manifests stay."""
        archive = ContentStore(self.log.connection, self.log.office)
        drafted = {fact.manifest for fact in self.case(case).approvals if isinstance(fact, Drafted)}
        manifests = [archive.manifest(digest) for digest in archive.known(drafted)]
        archive.forget(one.sha256 for manifest in manifests for one in manifest.attachments)

    def _signoff_context(self, case: Case) -> SignoffContext:
        duty = self.index.duties.get(case.opening.kind) if case.opening else None
        if duty is None or not chain_kind(case, duty):
            raise NoChain(case=case.number)
        ground = self.signoff_context_of(case, duty)
        said = [item.record for item in self.new_events if isinstance(item.record, Approval)]
        mine = [fact for fact in said if fact.case == case.number]
        if mine:
            at = approval_state(ground.chain, self.office, [*case.approvals, *mine])
            ground = replace(ground, state=at)
        return ground

    def _signature_reference(self, case: Case, signature: Signed) -> str:
        """An earlier signature by its place in the log and its fingerprint."""
        entry = next((one for one in case.entries if one.record is signature), None)
        if entry is None:
            raise OneActAtATime
        return f"{entry.position} {entry.hash}"

    def _store_text(self, manifest: Manifest, files: Sequence[bytes]) -> None:
        archive = ContentStore(self.log.connection, self.log.office)
        given = {sha256(content).hexdigest(): content for content in files}
        for one in manifest.attachments:
            if one.sha256 in given:
                archive.save(given[one.sha256], one.name)
            elif not archive.known([one.sha256]):
                raise FileMissing(name=one.name)
        archive.save(manifest.canonical(), manifest.title)

    def _require_no_sensitive_content(self, manifest: Manifest, files: Sequence[bytes]) -> None:
        """Personal data and secrecy marks never enter, whoever lays them down (条例 art. 14, 15)."""
        given = (
            ContentStore(self.log.connection, self.log.office).files(manifest) if manifest.disclosure else {}
        )
        given |= {sha256(content).hexdigest(): content for content in files}
        found = blocking_findings(manuscript_of(manifest, given), self.office, self.public_phone_numbers())
        if found:
            raise HeldBack(found)

    def _require_matching_description(self, case: Case, manifest: Manifest) -> None:
        """What the case and the text both know of it must be the same, and come from a place there is."""
        places = [row.id for row in self.office.departments] + [row.id for row in self.office.villages]
        if manifest.origin and manifest.origin not in places:
            raise UnknownOrigin(origin=manifest.origin, known=", ".join(places))
        duty = self.index.duties.get(case.opening.kind) if case.opening else None
        if duty:
            require_matching_description(duty, case, manifest.description)

    def _require_self(self, by: str) -> None:
        if by != self.actor:
            raise ForAnother(actor=self.actor, by=by)

    def _require_delegation_recorder(self, person: str, *, never: str = "") -> None:
        """Whoever is away says so themselves, or the clerk does; the deputy never does."""
        keepers = {who.id for role in DELEGATION_RECORDERS for who in self.office.holders(role)}
        if self.actor == never or self.actor not in keepers | {person}:
            post = {row.id: row.post for row in self.office.people}
            who = "、".join(ROLES[role] for role in DELEGATION_RECORDERS)
            raise NotYourDelegation(post=post.get(self.actor, self.actor), who=who)


def require_matching_description(duty: Duty, case: Case, described: Mapping[str, str | int]) -> None:
    """OtherDescription where the case says otherwise of its text than the text itself."""
    facts = description_from(case.facts)
    for key in DESCRIPTION_KEYS:
        field = duty.field(key)
        if field and str(described.get(key, "")) != facts.get(key, ""):
            words = {"case": facts.get(key, "—"), "text": described.get(key, "—")}
            raise OtherDescription(label=field.label, **words)
