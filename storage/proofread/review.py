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
from storage.proofread.attachment_text import MOST, Enclosure, passages_in, unread
from storage.proofread.expressions import review
from storage.proofread.findings import remark
from storage.proofread.personal_data.detector import masked, personal_spots
from storage.proofread.personal_data.digit_runs import runs
from storage.proofread.personal_data.matches import Spot, covered
from storage.proofread.secrecy_marks import secrecy_marks
from storage.proofread.wordlist import Passage, Wording

_PERSONAL = "《中华人民共和国政府信息公开条例》第十五条"
_SECRET = {
    "secret": "《中华人民共和国政府信息公开条例》第十四条",
    "work_secret": "《中华人民共和国政府信息公开条例》第十六条",  # 工作秘密: [unconfirmed] under which article
    "internal": "《中华人民共和国政府信息公开条例》第十六条",
}


class Text(Protocol):
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
    def enclosed(self) -> Sequence[Enclosure]:
        """What stands in those whose contents go out too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A text that is nothing more than that."""

    title: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    enclosed: tuple[Enclosure, ...] = ()


def proofread(text: Text, office: Office | None, rules: Wording) -> tuple[Finding, ...]:
    """Every finding in a text: gates first, then which files nobody could read, then advice in the text's order.

    A finding's ``place`` is ``title@5``, ``body#3@17`` or ``attachment#1@2``: the paragraph and the character in
    it, both from 1; inside a file it is ``enclosed#1/3@17`` or ``cell#1/Sheet1!B3@1``. No finding holds personal
    data in full, whatever rule it comes from.
    """
    public = rules.public | _given_out(office)
    found, bare = _gated(text, public)
    inside = _stopped_inside(text, public)
    level = rules.level(office.name) if office else None
    found += [_placed(finding) for finding in review(bare, rules, level)]
    order = {passage.place: at for at, passage in enumerate(bare)}
    found.sort(key=lambda finding: _rank(finding, order))
    gates = [finding for finding in found if finding.severity is Severity.ERROR]
    return (*gates, *inside, *unread(text.enclosed), *found[len(gates) :])


def stopped_by(text: Text, office: Office | None, public: Collection[str] = ()) -> tuple[Finding, ...]:
    """What must not go out, and nothing else: no rule file is needed for it, so that nothing passes without one."""
    known = _given_out(office) | frozenset(public)
    found, _ = _gated(text, known)
    gates = (finding for finding in found if finding.severity is Severity.ERROR)
    return (*gates, *_stopped_inside(text, known))


def _stopped_inside(text: Text, public: Collection[str]) -> tuple[Finding, ...]:
    """The gates inside the files; of each the first few."""
    found: list[Finding] = []
    for number, enclosure in enumerate(text.enclosed, start=1):
        stops = (
            finding
            for passage in passages_in(enclosure, number)
            for finding in _through(passage, public)[0]
            if finding.severity is Severity.ERROR
        )
        found += islice(stops, MOST)
    return tuple(found)


def _gated(text: Text, public: Collection[str]) -> tuple[list[Finding], list[Passage]]:
    """Personal data and secrecy marks, and the passages with the numbers covered."""
    found: list[Finding] = []
    bare: list[Passage] = []
    for passage in passages_of(text):
        here, covering = _through(passage, public)
        found += here
        bare.append(covering)
    return found, bare


def _through(passage: Passage, public: Collection[str]) -> tuple[list[Finding], Passage]:
    """Personal data and secrecy marks in one passage, and the passage with the numbers covered."""
    spots = personal_spots(passage.text, public)
    bare = replace(passage, text=covered(passage.text, spots))
    found = [*_personal(bare, spots), *_marked(passage.text, bare)]
    return [_placed(finding) for finding in found], bare


def holds_back(findings: Iterable[Finding]) -> bool:
    """Whether a gate stands: personal data or a secrecy mark, and no reviewer may be asked to sign that."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def passages_of(text: Text) -> Iterator[Passage]:
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


def _given_out(office: Office | None) -> frozenset[str]:
    """The numbers that stand in the office's own file for applicants to call."""
    return frozenset(run.digits for run in runs(office.contacts.contact)) if office else frozenset()


def _personal(passage: Passage, spots: Iterable[Spot]) -> Iterator[Finding]:
    for spot in spots:
        place = (passage, spot.start, spot.end)
        rank, shown = spot.severity, masked(spot)
        yield remark(f"text.{spot.kind}", *place, severity=rank, found=shown, basis=_PERSONAL)


def _marked(text: str, passage: Passage) -> Iterator[Finding]:
    for mark in secrecy_marks(text):
        rule = f"text.mark_{mark.kind}"
        spot = (passage, mark.start, mark.end)
        yield remark(rule, *spot, severity=Severity.ERROR, basis=_SECRET[mark.kind])


def _placed(finding: Finding) -> Finding:
    """The same finding, of a text and not of a report: with its own sentence and its character."""
    place = f"{finding.place}@{finding.words['at']}"
    return replace(finding, rule=f"proofread.{finding.rule.removeprefix('text.')}", place=place)


def _rank(finding: Finding, order: dict[str, int]) -> tuple[int, int, int]:
    place, _, at = finding.place.partition("@")
    return list(Severity).index(finding.severity), order[place], int(at)
