"""Proofreads a text before it goes to its reviewers: blocking findings and advice.

Personal data and secrecy marks are errors, which block the text; everything else is advice. The law: a text is
reviewed before it is disclosed (保密法实施条例 art. 42), state secrets are not disclosed (条例 art. 14), what would
harm a third party is not (art. 15), internal matters need not be (art. 16).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from config.findings import Finding, Severity
from config.office.model import Office
from storage.content.applicant import normalize_identifier
from storage.proofread.expressions import review_wording
from storage.proofread.passages import (
    AttachmentText,
    Passage,
    attachment_passages,
    text_finding,
    unread_findings,
)
from storage.proofread.personal_data.detector import find_doubtful_numbers, find_personal_data, masked_match
from storage.proofread.personal_data.digit_runs import digit_runs
from storage.proofread.personal_data.lost_digits import LOST_DIGITS_PARTS, lost_digits_finding
from storage.proofread.personal_data.matches import MISTYPED_IDENTITY, PersonalDataMatch, blank_out
from storage.proofread.secrecy_marks import secrecy_marks
from storage.proofread.wordlist import Wordlist

MAX_FINDINGS_PER_FILE = 10  # after so many corrections the file is submitted again anyway
_MISTYPED = frozenset(f"proofread.{kind}" for kind in MISTYPED_IDENTITY)
_PERSONAL = "《中华人民共和国政府信息公开条例》第十五条"
_SECRET = {
    "secret": "《中华人民共和国政府信息公开条例》第十四条",
    "work_secret": "《中华人民共和国政府信息公开条例》第十六条",  # 工作秘密: [unconfirmed] under which article
    "internal": "《中华人民共和国政府信息公开条例》第十六条",
}


class ReviewableText(Protocol):
    """A text with a title, a body, and attachments by their names and contents."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def body(self) -> str:
        """Its paragraphs, one a line."""

    @property
    def attachments(self) -> Sequence[str]:
        """The names of its attachments."""

    @property
    def attachment_texts(self) -> Sequence[AttachmentText]:
        """The contents of the attachments that are published too."""

    @property
    def addressee_numbers(self) -> Collection[str]:
        """The numbers of whom a letter is written to, in the spelling of ``normalize_identifier``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A plain text as the input of proofreading."""

    title: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    attachment_texts: tuple[AttachmentText, ...] = ()
    addressee_numbers: Collection[str] = ()


def proofread_text(text: ReviewableText, office: Office | None, rules: Wordlist) -> tuple[Finding, ...]:
    """Return every finding in a text: blocking ones first, then the unread files, then advice in the text's order.

    A finding's ``place`` is ``title@5``, ``body#3@17`` or ``attachment#1@2``: the paragraph and the character in
    it, both from 1; inside a file it is ``enclosed#1/3@17`` or ``cell#1/Sheet1!B3@1``. No finding holds personal
    data in full, whatever rule it comes from.
    """
    public = rules.public | public_numbers(office)
    found, masked = _screen_text(text, public)
    inside = _attachment_findings(text, public)
    level = rules.level(office.name) if office else None
    found += [_with_text_place(finding) for finding in review_wording(masked, rules, level)]
    order = {passage.place: at for at, passage in enumerate(masked)}
    found.sort(key=lambda finding: _rank(finding, order))
    blocking = [finding for finding in found if finding.severity is Severity.ERROR]
    return (*blocking, *inside, *unread_findings(text.attachment_texts), *found[len(blocking) :])


def blocking_findings(
    text: ReviewableText, office: Office | None, public: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return only the blocking findings; they need no rule file, so that nothing passes where it is missing."""
    known = public_numbers(office) | frozenset(public)
    found, _ = _screen_text(text, known)
    blocking = (finding for finding in found if finding.severity is Severity.ERROR)
    inside = _attachment_findings(text, known)
    return (*blocking, *(finding for finding in inside if finding.severity is Severity.ERROR))


def _attachment_findings(text: ReviewableText, public: Collection[str]) -> tuple[Finding, ...]:
    """Return the findings in the attachments, at most ``MAX_FINDINGS_PER_FILE`` of each.

    They block, but for two at which a person looks: identity numbers with a mistyped digit, and long numbers of which
    a spreadsheet has lost digits, which may be anything.
    """
    found: list[Finding] = []
    for number, attachment in enumerate(text.attachment_texts, start=1):
        inside = (
            finding
            for passage in attachment_passages(attachment, number)
            for finding in _screen_passage(passage, public, text.addressee_numbers)[0]
            if finding.severity is Severity.ERROR
            or finding.rule in _MISTYPED
            or passage.words["part"] in LOST_DIGITS_PARTS
        )
        found += islice(inside, MAX_FINDINGS_PER_FILE)
    return tuple(found)


def _screen_text(text: ReviewableText, public: Collection[str]) -> tuple[list[Finding], list[Passage]]:
    """Return the findings of personal data and secrecy marks, and the passages with the numbers masked."""
    found: list[Finding] = []
    masked: list[Passage] = []
    for passage in text_passages(text):
        findings, masked_passage = _screen_passage(passage, public, text.addressee_numbers)
        found += findings
        masked.append(masked_passage)
    return found, masked


def _screen_passage(
    passage: Passage, public: Collection[str], addressee: Collection[str]
) -> tuple[list[Finding], Passage]:
    """Return the findings in one passage, and the passage with the numbers masked."""
    certain, lost = find_personal_data(passage.text, public), passage.words["part"] in LOST_DIGITS_PARTS
    doubtful = () if lost else find_doubtful_numbers(blank_out(passage.text, certain))
    numbers = (*certain, *doubtful)
    matches = tuple(one for one in numbers if normalize_identifier(one.digits) not in addressee)
    masked = replace(passage, text=blank_out(passage.text, matches))
    found = [*_personal_data_findings(masked, matches), *_secrecy_findings(passage.text, masked)]
    if not found and lost:
        found = [lost_digits_finding(passage, _PERSONAL)]
    return [_with_text_place(finding) for finding in found], masked


def has_blocking_findings(findings: Iterable[Finding]) -> bool:
    """Whether there is a blocking finding, so that no reviewer may be asked to sign the text."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def text_passages(text: ReviewableText) -> Iterator[Passage]:
    """Yield the title, each paragraph of the body and each attachment's name; empty ones are only numbered."""
    parts = [
        ("title", [text.title]),
        ("body", text.body.splitlines()),
        ("attachment", list(text.attachments)),
    ]
    for part, texts in parts:
        for number, content in enumerate(texts, start=1):
            if content.strip():
                place = part if part == "title" else f"{part}#{number}"
                yield Passage(place=place, text=content, words={"part": part, "paragraph": str(number)})


def public_numbers(office: Office | None) -> frozenset[str]:
    """Return the telephone numbers that the office's own file gives to applicants."""
    return frozenset(run.digits for run in digit_runs(office.contacts.contact)) if office else frozenset()


def _personal_data_findings(passage: Passage, matches: Iterable[PersonalDataMatch]) -> Iterator[Finding]:
    for match in matches:
        place = (passage, match.start, match.end)
        severity, shown = match.severity, masked_match(match)
        yield text_finding(f"text.{match.kind}", *place, severity=severity, found=shown, basis=_PERSONAL)


def _secrecy_findings(text: str, passage: Passage) -> Iterator[Finding]:
    for mark in secrecy_marks(text):
        rule = f"text.mark_{mark.kind}"
        spot = (passage, mark.start, mark.end)
        yield text_finding(rule, *spot, severity=Severity.ERROR, basis=_SECRET[mark.kind])


def _with_text_place(finding: Finding) -> Finding:
    """Return the finding as one of a draft instead of a report: with its own sentence and character."""
    place = f"{finding.place}@{finding.words['at']}"
    return replace(finding, rule=f"proofread.{finding.rule.removeprefix('text.')}", place=place)


def _rank(finding: Finding, order: dict[str, int]) -> tuple[int, int, int]:
    place, _, at = finding.place.partition("@")
    return list(Severity).index(finding.severity), order[place], int(at)
