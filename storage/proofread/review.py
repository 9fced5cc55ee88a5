"""A text before it goes to its reviewers: everything a person should look at, and what may not go on.

Personal data and secrecy marks are errors: the gates. All else is advice. The law: a text is reviewed before
it is disclosed (保密法实施条例 art. 42), state secrets are not disclosed (条例 art. 14), what would harm a
third party is not (art. 15), internal matters need not be (art. 16).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from config.findings import Finding, Severity
from config.office.model import Office
from storage.proofread.attachment_text import (
    MAX_FINDINGS_PER_FILE,
    AttachmentText,
    attachment_passages,
    unread_findings,
)
from storage.proofread.expressions import review_wording
from storage.proofread.findings import text_finding
from storage.proofread.personal_data.detector import find_personal_data, masked_match
from storage.proofread.personal_data.digit_runs import digit_runs
from storage.proofread.personal_data.matches import PersonalDataMatch, blank_out
from storage.proofread.secrecy_marks import secrecy_marks
from storage.proofread.wordlist import Passage, Wordlist

_PERSONAL = "《中华人民共和国政府信息公开条例》第十五条"
_SECRET = {
    "secret": "《中华人民共和国政府信息公开条例》第十四条",
    "work_secret": "《中华人民共和国政府信息公开条例》第十六条",  # 工作秘密: [unconfirmed] under which article
    "internal": "《中华人民共和国政府信息公开条例》第十六条",
}


class ReviewableText(Protocol):
    """Whatever has a title, a body, and attachments by name and by what was read in them."""

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
        """What stands in those whose contents go out too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A text that is nothing more than that."""

    title: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    attachment_texts: tuple[AttachmentText, ...] = ()


def proofread_text(text: ReviewableText, office: Office | None, rules: Wordlist) -> tuple[Finding, ...]:
    """Every finding in a text: gates first, then which files nobody could read, then advice in the text's order.

    A finding's ``place`` is ``title@5``, ``body#3@17`` or ``attachment#1@2``: the paragraph and the character in
    it, both from 1; inside a file it is ``enclosed#1/3@17`` or ``cell#1/Sheet1!B3@1``. No finding holds personal
    data in full, whatever rule it comes from.
    """
    public = rules.public | _public_numbers(office)
    found, bare = _screen_text(text, public)
    inside = _attachment_blocking_findings(text, public)
    level = rules.level(office.name) if office else None
    found += [_with_text_place(finding) for finding in review_wording(bare, rules, level)]
    order = {passage.place: at for at, passage in enumerate(bare)}
    found.sort(key=lambda finding: _rank(finding, order))
    gates = [finding for finding in found if finding.severity is Severity.ERROR]
    return (*gates, *inside, *unread_findings(text.attachment_texts), *found[len(gates) :])


def blocking_findings(
    text: ReviewableText, office: Office | None, public: Collection[str] = ()
) -> tuple[Finding, ...]:
    """What must not go out, and nothing else: no rule file is needed for it, so that nothing passes without one."""
    known = _public_numbers(office) | frozenset(public)
    found, _ = _screen_text(text, known)
    gates = (finding for finding in found if finding.severity is Severity.ERROR)
    return (*gates, *_attachment_blocking_findings(text, known))


def _attachment_blocking_findings(text: ReviewableText, public: Collection[str]) -> tuple[Finding, ...]:
    """The gates inside the files; of each the first few."""
    found: list[Finding] = []
    for number, enclosure in enumerate(text.attachment_texts, start=1):
        stops = (
            finding
            for passage in attachment_passages(enclosure, number)
            for finding in _screen_passage(passage, public)[0]
            if finding.severity is Severity.ERROR
        )
        found += islice(stops, MAX_FINDINGS_PER_FILE)
    return tuple(found)


def _screen_text(text: ReviewableText, public: Collection[str]) -> tuple[list[Finding], list[Passage]]:
    """Personal data and secrecy marks, and the passages with the numbers covered."""
    found: list[Finding] = []
    bare: list[Passage] = []
    for passage in text_passages(text):
        here, covering = _screen_passage(passage, public)
        found += here
        bare.append(covering)
    return found, bare


def _screen_passage(passage: Passage, public: Collection[str]) -> tuple[list[Finding], Passage]:
    """Personal data and secrecy marks in one passage, and the passage with the numbers covered."""
    spots = find_personal_data(passage.text, public)
    bare = replace(passage, text=blank_out(passage.text, spots))
    found = [*_personal_data_findings(bare, spots), *_secrecy_findings(passage.text, bare)]
    return [_with_text_place(finding) for finding in found], bare


def has_blocking_findings(findings: Iterable[Finding]) -> bool:
    """Whether a gate stands: personal data or a secrecy mark, and no reviewer may be asked to sign that."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def text_passages(text: ReviewableText) -> Iterator[Passage]:
    """The title, each paragraph of the body, each attachment's name; empty ones count and say nothing."""
    parts = [
        ("title", [text.title]),
        ("body", text.body.splitlines()),
        ("attachment", list(text.attachments)),
    ]
    for part, texts in parts:
        for number, said in enumerate(texts, start=1):
            if said.strip():
                place = part if part == "title" else f"{part}#{number}"
                yield Passage(place=place, text=said, words={"part": part, "paragraph": str(number)})


def _public_numbers(office: Office | None) -> frozenset[str]:
    """The numbers that stand in the office's own file for applicants to call."""
    return frozenset(run.digits for run in digit_runs(office.contacts.contact)) if office else frozenset()


def _personal_data_findings(passage: Passage, spots: Iterable[PersonalDataMatch]) -> Iterator[Finding]:
    for spot in spots:
        place = (passage, spot.start, spot.end)
        rank, shown = spot.severity, masked_match(spot)
        yield text_finding(f"text.{spot.kind}", *place, severity=rank, found=shown, basis=_PERSONAL)


def _secrecy_findings(text: str, passage: Passage) -> Iterator[Finding]:
    for mark in secrecy_marks(text):
        rule = f"text.mark_{mark.kind}"
        spot = (passage, mark.start, mark.end)
        yield text_finding(rule, *spot, severity=Severity.ERROR, basis=_SECRET[mark.kind])


def _with_text_place(finding: Finding) -> Finding:
    """The same finding, of a text and not of a report: with its own sentence and its character."""
    place = f"{finding.place}@{finding.words['at']}"
    return replace(finding, rule=f"proofread.{finding.rule.removeprefix('text.')}", place=place)


def _rank(finding: Finding, order: dict[str, int]) -> tuple[int, int, int]:
    place, _, at = finding.place.partition("@")
    return list(Severity).index(finding.severity), order[place], int(at)
