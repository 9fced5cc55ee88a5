"""``gongkai verify PROOF``: checks a signature proof without the database, or against an office's log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from bot.cli.common.context import open_office
from bot.cli.common.output import print_json, print_phrase
from bot.services.app import user_phrasebook
from config.clock import OFFICE_ZONE
from config.json_text import parse_json
from config.settings import machine_settings
from storage.content.signature_proof import ProofResult, check_proof, missing_from_proof
from storage.events.events import Overridden
from storage.reading.formats.file_bytes import read_file

EXIT_BROKEN = 1


def print_proof(context: typer.Context, path: Path, home: Path | None, *, as_json: bool) -> int:
    """Print what the file proves and every fault in it. Returns the exit code: 0 intact, 1 broken."""
    data = _read_proof(path)
    found = check_proof(data)
    faults = [*found.faults, *(_log_faults(context, data, found, home) if not found.faults else ())]
    whole = found.complete and not faults
    if as_json:
        print_json(_as_data(found, faults, whole=whole))
        return 0 if whole else EXIT_BROKEN
    for key, detail in faults:
        print_phrase(f"proof.fault.{key}", detail=detail)
    title = found.manifest.title if found.manifest else "—"
    state = "broken" if faults else "whole" if found.complete else "incomplete"
    signed = len({record.by for _, record in found.signatures()})
    version = found.text.version if found.text else 0
    if found.office:
        print_phrase(
            f"proof.{state}",
            office=found.office,
            case=found.case,
            title=title,
            version=version,
            signed=signed,
        )
    _print_signatures(found)
    return 0 if whole else EXIT_BROKEN


def _print_signatures(found: ProofResult) -> None:
    for entry, record in found.signatures():
        at = entry.recorded_at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        who = record.post
        if isinstance(record, Overridden):
            who = user_phrasebook().say("proof.overridden", post=record.post)
        elif record.deputy_for:
            who = user_phrasebook().say("sheet.deputy", post=record.post, for_post=record.deputy_for_post)
        print_phrase("proof.signature", stage=record.stage, who=who, at=at)
    if found.digest:
        print_phrase("proof.digest", digest=found.digest)
        print_phrase("proof.end", end=found.end)


def _log_faults(
    context: typer.Context, data: Any, found: ProofResult, home: Path | None
) -> list[tuple[str, str]]:
    """The differences from the office's log, where an office was named and the proof is that office's."""
    if home is None and machine_settings().home is None:
        return []
    app = open_office(context, home)
    if app.office.slug != found.office:
        return []
    with app.log() as log:
        ended = [] if log.has_ended_with(found.end) else [("other_end", found.end[:12])]
        return [*missing_from_proof(data, list(log.entry_chain(found.case))), *ended]


def _read_proof(path: Path) -> Any:
    try:
        return parse_json(read_file(path))
    except ValueError:
        return None  # not a proof: check_proof reports it


def _as_data(found: ProofResult, faults: list[tuple[str, str]], *, whole: bool) -> dict[str, Any]:
    return {
        "whole": whole,
        "office": found.office,
        "case": found.case,
        "digest": found.digest,
        "title": found.manifest.title if found.manifest else "",
        "signatures": [
            {
                "position": entry.position,
                "recorded_at": entry.recorded_at.isoformat(),
                "means": entry.means,
                "stage": record.stage,
                "meaning": getattr(record, "meaning", ""),
                "by": record.by,
                "post": record.post,
                "deputy_for": getattr(record, "deputy_for", ""),
                "let_pass": isinstance(record, Overridden),
            }
            for entry, record in found.signatures()
        ],
        "faults": [{"what": key, "detail": detail} for key, detail in faults],
        "end": found.end,
    }
