"""Commands about the text of a case: draft, sign, send back, withdraw, reject, reassign a stage, override.

The rules are pure (``scheduler/signoff/acts.py``). They are checked here under the write lock, against what is
recorded at that moment and never against what a button showed. People act under their own name only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from config.declarations.duty import Duty
from config.errors import HeldBack, Refusal
from scheduler.recording.context import RecordingContext
from scheduler.signoff import acts, circulation
from scheduler.signoff.acts import SignoffContext
from scheduler.signoff.approval_state import WRITER, ApprovalState, approval_state, approval_state_of_case
from scheduler.terms.deadlines import CLOSED, due_date
from storage.content.applicant_store import ApplicantStore
from storage.events.approvals import is_published, releases
from storage.events.case import Case, chain_kind
from storage.events.events import Approval, Signed
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


@dataclass(frozen=True, slots=True)
class SignoffCommands:
    """Records what people do about a text. Each command raises NoChain where the kind of the case has no sign-off."""

    context: RecordingContext

    def draft(
        self,
        case: int,
        by: str,
        manifest: Manifest,
        files: Sequence[bytes] = (),
        *,
        authors: Sequence[str] = (),
    ) -> None:
        """A person wrote or changed the text; earlier signatures become void. HeldBack where it may not go out.

        ``authors`` are those whose words it takes over, as of a village's item: they sign nothing of it.
        """
        context = self.context
        found = context.case(case)
        context.require_anonymous(case, manifest.words)
        signing_context = self._context(found)
        _require_matching_description(context, found, manifest)
        _require_no_sensitive_content(context, case, manifest, files)
        drafted = acts.draft(signing_context, by, manifest, authors=authors)
        _store_text(context, manifest, files)
        context.add_event(drafted)

    def sign(
        self, case: int, by: str, stage: str, manifest: str, *, said_at: str = "", opinion: str = ""
    ) -> None:
        """A person signs exactly this text, with an opinion (签批意见) or without. Raises who may instead."""
        self.context.require_self(by)
        self.context.require_confirmed_account()
        self.context.require_anonymous(case, opinion)
        found = self.context.case(case)
        signing_context = self._context(found)
        signed = acts.sign(signing_context, by, stage, manifest, said_at=said_at, opinion=opinion)
        earlier = tuple(_signature_reference(found, one) for one in signing_context.state.signed)
        self.context.add_event(replace(signed, relied_on=earlier, account=self._account))

    def send_back(self, case: int, by: str, manifest: str, reason: str, to: str = WRITER) -> None:
        """A person who could sign now returns the text to an earlier stage, or to its writer."""
        signing_context = self._context_with_reason(case, by, reason)
        self.context.add_event(acts.send_back(signing_context, by, manifest, reason, to))

    def withdraw(self, case: int, by: str, reason: str) -> None:
        """A person takes their own signature back, while the next stage has not acted."""
        signing_context = self._context_with_reason(case, by, reason)
        self.context.add_event(acts.withdraw(signing_context, by, signing_context.state.manifest, reason))

    def reject(self, case: int, by: str, manifest: str, reason: str) -> None:
        """A person who could sign now rejects the text for good; its case is then closed as its kind declares."""
        signing_context = self._context_with_reason(case, by, reason)
        self.context.add_event(acts.reject(signing_context, by, manifest, reason))

    def reassign_stage(self, case: int, by: str, to: str, manifest: str, reason: str = "") -> None:
        """A person who could sign now gives the stage to somebody else who may; then only that one may."""
        self.context.require_self(by)
        self.context.require_confirmed_account()
        self.context.require_anonymous(case, reason)
        signing_context = self._context(self.context.case(case))
        self.context.add_event(acts.reassign_stage(signing_context, by, manifest, to, reason))

    def override(
        self, case: int, by: str, stage: str, manifest: str, reason: str, *, said_at: str = ""
    ) -> None:
        """One of two people votes to pass the open stage unsigned; it passes with the second vote."""
        signing_context = self._context_with_reason(case, by, reason)
        overridden = acts.override(signing_context, by, stage, manifest, reason, said_at=said_at)
        self.context.add_event(replace(overridden, account=self._account))

    def circulate(self, case: int, by: str, to: str, manifest: str, note: str = "") -> None:
        """A person shows the text to somebody, for information or an opinion (传阅); no stage waits for it."""
        self.context.require_self(by)
        self.context.require_anonymous(case, note)
        found = self.context.case(case)
        self.context.add_event(circulation.circulate(self._context(found), by, to, manifest, note))

    def comment(self, case: int, by: str, manifest: str, opinion: str = "") -> None:
        """A person has read a text that was shown to them, with an opinion or without (已阅)."""
        self.context.require_self(by)
        self.context.require_anonymous(case, opinion)
        found = self.context.case(case)
        shown = circulation.open_circulations(found)
        self.context.add_event(circulation.comment(self._context(found), by, manifest, opinion, shown))

    def approval_state(self, case: int) -> ApprovalState:
        """The stages a case's text has passed, with the new facts of this transaction."""
        return self._context(self.context.case(case)).state

    def _context_with_reason(self, case: int, by: str, reason: str) -> SignoffContext:
        """The context of an act that people do in their own name and for a reason."""
        self.context.require_self(by)
        self.context.require_confirmed_account()
        self.context.require_reason(case, reason)
        return self._context(self.context.case(case))

    @property
    def _account(self) -> int:
        """The position at which the account joined through which somebody acts; 0 at the terminal."""
        return self.context.account.joined if self.context.account else 0

    def _context(self, case: Case) -> SignoffContext:
        duty = self.context.duty_of(case)
        if duty is None or not chain_kind(case, duty):
            raise NoChain(case=case.number)
        found = signoff_context(self.context, case, duty)
        new = [item.record for item in self.context.new_events if isinstance(item.record, Approval)]
        unsaved = [fact for fact in new if fact.case == case.number]
        if not unsaved:
            return found
        state = approval_state(found.chain, self.context.office, [*case.approvals, *unsaved])
        return replace(found, state=state)


def signoff_context(context: RecordingContext, case: Case, duty: Duty) -> SignoffContext:
    """What an act on the text of this case is checked against, without the new facts of this transaction."""
    chain = context.office.chain(chain_kind(case, duty))
    history = case.records
    return SignoffContext(
        case=case.number,
        chain=chain,
        office=context.office,
        absences=context.absences,
        today=context.today,
        said_on=context.said_on,
        state=approval_state_of_case(context.office, case, duty),
        rejected="" if releases(case, duty) else duty.rejected,
        is_released=is_published(case, duty),
        closed=due_date(history, duty, context.calendar).state == CLOSED,
    )


def require_matching_description(duty: Duty, case: Case, described: Mapping[str, str | int]) -> None:
    """OtherDescription where the case describes its text otherwise than the text itself does."""
    facts = description_from(case.facts)
    for key in DESCRIPTION_KEYS:
        field = duty.field(key)
        if field and str(described.get(key, "")) != facts.get(key, ""):
            words = {"case": facts.get(key, "—"), "text": described.get(key, "—")}
            raise OtherDescription(label=field.label, **words)


def _require_matching_description(context: RecordingContext, case: Case, manifest: Manifest) -> None:
    """The case and the text must describe it alike, and name an origin the office has."""
    office = context.office
    origins = [row.id for row in office.departments] + [row.id for row in office.villages]
    if manifest.origin and manifest.origin not in origins:
        raise UnknownOrigin(origin=manifest.origin, known=", ".join(origins))
    duty = context.duty_of(case)
    if duty:
        require_matching_description(duty, case, manifest.description)


def _require_no_sensitive_content(
    context: RecordingContext, case: int, manifest: Manifest, files: Sequence[bytes]
) -> None:
    """Personal data and secrecy marks never enter, whoever drafts them (条例 art. 14, 15).

    A letter may hold what its own applicant gave.
    """
    given = context.contents.files(manifest) | _by_fingerprint(files)
    applicant = ApplicantStore(context.log.connection, context.log.office).get(case)
    manuscript = manuscript_of(manifest, given, applicant.numbers if applicant else ())
    found = blocking_findings(manuscript, context.office, context.public_phone_numbers())
    if found:
        raise HeldBack(found)


def _store_text(context: RecordingContext, manifest: Manifest, files: Sequence[bytes]) -> None:
    contents, given = context.contents, _by_fingerprint(files)
    for attachment in manifest.attachments:
        if attachment.sha256 in given:
            contents.save(given[attachment.sha256], attachment.name)
        elif not contents.known([attachment.sha256]):
            raise FileMissing(name=attachment.name)
        if attachment.original in given:
            contents.save(given[attachment.original], attachment.name)
    contents.save(manifest.canonical(), manifest.title)


def _by_fingerprint(files: Sequence[bytes]) -> dict[str, bytes]:
    return {sha256(content).hexdigest(): content for content in files}


def _signature_reference(case: Case, signature: Signed) -> str:
    """An earlier signature, by position and fingerprint. OneActAtATime where it is not recorded yet."""
    entry = next((one for one in case.entries if one.record is signature), None)
    if entry is None:
        raise OneActAtATime
    return f"{entry.position} {entry.hash}"
