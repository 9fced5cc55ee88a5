"""Signature proofs: one file that shows what was signed, by whom and when, and can be checked without this program.

    proof = proof_of(case, office=…, links=…)   # plain data, to be written as JSON
    found = check_proof(proof)                # what it proves, and everything that does not hold

It holds the manifest's own bytes, the files, and every entry of the case with the fingerprint before it, so that
each entry's own can be computed again. Two things it cannot prove by itself: that these entries stand in the office's
log (it holds the fingerprint of the log's end, to be compared with one that was noted elsewhere), and that no entry
of the case is missing, such as a signature withdrawn later. Compared with the log (``missing_from_proof``), it shows
both.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from config.office.model import REQUIRED_OVERRIDERS
from storage.events.approvals import ApprovalHistory, approval_history, valid_approvals
from storage.events.case import Case
from storage.events.codec import DECODE_ERRORS, GENESIS, decode_entry, fingerprint
from storage.events.events import Amended, Approval, LogEntry, Opened, Overridden, Signed
from storage.events.manifest import Manifest

PROOF_KIND = "gongkai proof"
PROOF_VERSION = 1
PROOF_KEYS = frozenset({"kind", "v", "office", "case", "manifest", "digest", "files", "entries", "end"})


class ChainLink(NamedTuple):
    """One entry of the log as it is stored: the fingerprint before it, its canonical text, its own."""

    before: str
    body: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """What a proof shows, and its faults, each a key under ``proof.fault`` and a place."""

    office: str = ""
    case: int = 0
    manifest: Manifest | None = None
    digest: str = ""
    text: ApprovalHistory | None = None
    entries: tuple[LogEntry, ...] = ()
    end: str = ""
    """The fingerprint of the log's end when the proof was made."""
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def complete(self) -> bool:
        """True if every stage of the route was passed by different people, none of whom wrote the text."""
        return not self.faults and self.text is not None and not list(_unapproved_stages(self.text))

    def signatures(self) -> Iterator[tuple[LogEntry, Signed | Overridden]]:
        """The approvals in force, each with its entry: signatures, and the two overrides of a stage that had none."""
        for entry in valid_approvals(self.entries, self.text) if self.text else ():
            if isinstance(entry.record, Signed | Overridden):
                yield entry, entry.record


def build_proof(
    case: Case,
    *,
    office: str,
    links: Sequence[ChainLink],
    manifest: Manifest,
    files: Mapping[str, bytes],
    end: str,
) -> dict[str, Any]:
    """The proof of a case's current text, as plain data."""
    return {
        "kind": PROOF_KIND,
        "v": PROOF_VERSION,
        "office": office,
        "case": case.number,
        "manifest": manifest.canonical().decode("ascii"),
        "digest": manifest.digest,
        "files": {digest: b64encode(content).decode("ascii") for digest, content in files.items()},
        "entries": [list(link) for link in links],
        "end": end,
    }


def check_proof(data: Any) -> ProofResult:
    """Check a proof. A file that is no proof has the one fault ``unreadable``."""
    try:
        return _verify(data)
    except (*DECODE_ERRORS, IndexError) as error:
        return ProofResult(faults=(("unreadable", type(error).__name__),))


def missing_from_proof(data: Any, sealed: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """The differences between a proof and the log: entries of the case left out, or not in the log.

    A text is published, checked and closed after its proof was made: a later entry that neither approves the text
    nor corrects an earlier entry is not missing.
    """
    given = {tuple(link) for link in data["entries"]}
    here = [(decode_entry(link[1], link[2]), link in given) for link in sealed]
    last = max((entry.position for entry, is_given in here if is_given), default=0)
    for entry, is_given in here:
        if not is_given and (entry.position < last or isinstance(entry.record, Approval | Amended)):
            yield "left_out", f"№{entry.position}"
    known = set(sealed)
    if not given <= known:
        yield "not_in_log", f"{len(given - known)}"


def _verify(data: Mapping[str, Any]) -> ProofResult:
    if (
        data["kind"] != PROOF_KIND or data["v"] != PROOF_VERSION or set(data) != PROOF_KEYS
    ):  # nothing unproved travels with it
        raise ValueError(data["kind"])
    links = [ChainLink(*link) for link in data["entries"]]
    entries = tuple(decode_entry(link.body, link.hash) for link in links)
    content = str(data["manifest"]).encode("ascii")
    manifest = Manifest.read(content)
    text = approval_history(entry.record for entry in entries if isinstance(entry.record, Approval))
    digest = sha256(content).hexdigest()
    faults = [
        *_chain_faults(links, entries, data),
        *_text_faults(text, digest, manifest, data),
        *_signature_faults(text, entries),
    ]
    return ProofResult(
        office=str(data["office"]),
        case=int(data["case"]),
        manifest=manifest,
        digest=digest,
        text=text,
        entries=entries,
        end=str(data["end"]),
        faults=tuple(faults),
    )


def _chain_faults(
    links: Sequence[ChainLink], entries: Sequence[LogEntry], data: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    last, at = 0, ""
    if not entries or not isinstance(entries[0].record, Opened):
        yield "left_out", "№—"
    for link, entry in zip(links, entries, strict=True):
        place = f"№{entry.position}"
        if fingerprint(link.before, link.body) != link.hash:
            yield "changed", place
        if entry.position <= last or (entry.position == 1) != (link.before == GENESIS):
            yield "out_of_place", place
        if entry.position == last + 1 and last and link.before != at:
            yield "broken", place
        if (entry.office, getattr(entry.record, "case", 0)) != (data["office"], data["case"]):
            yield "other_case", place
        last, at = entry.position, link.hash


def _text_faults(
    text: ApprovalHistory, digest: str, manifest: Manifest, data: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    if text.manifest != digest or data["digest"] != digest:
        yield "other_text", digest[:12]
    for strange in set(data["files"]) - {one.sha256 for one in manifest.attachments}:
        yield "file_strange", strange[:12]
    for one in manifest.attachments:
        content = b64decode(data["files"].get(one.sha256, ""), validate=True)
        if one.sha256 not in data["files"]:
            yield "file_missing", one.name
        elif (sha256(content).hexdigest(), len(content)) != (one.sha256, one.size):
            yield "file_changed", one.name


def _signature_faults(text: ApprovalHistory, entries: Sequence[LogEntry]) -> Iterator[tuple[str, str]]:
    known = {f"{entry.position} {entry.hash}" for entry in entries}
    seen: set[str] = set()
    for one in text.signed:
        if one.manifest != text.manifest:
            yield "other_manifest", one.post
        if one.by in text.writers:
            yield "writer_signed", one.post
        if one.by in seen:
            yield "signed_twice", one.post
        if not set(one.relied_on) <= known:
            yield "relied_on_unknown", one.post
        seen.add(one.by)


def _unapproved_stages(text: ApprovalHistory) -> Iterator[str]:
    """The stages of the route that have neither a signature nor two overrides."""
    signed = {one.stage for one in text.signed}
    for stage in text.route:
        lifted = {one.by for one in text.overrides if one.stage == stage and one.manifest == text.manifest}
        if stage not in signed and len(lifted) < REQUIRED_OVERRIDERS:
            yield stage
