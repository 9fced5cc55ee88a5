"""``gongkai verify PROOF``: what a proof file shows, without the database; with an office, held against its log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from bot.cli.common.output import tell, tell_json
from bot.cli.context import open_office
from bot.cli.signing.signing import read_file
from bot.services.app import words
from config.clock import OFFICE_ZONE
from config.settings import Settings
from storage.content.signature_proof import Proved, check_proof, left_out
from storage.events.events import Overridden

BROKEN = 1


def tell_proof(context: typer.Context, path: Path, home: Path | None, *, as_json: bool) -> int:
    """Say what it proves and everything that does not hold. Returns the exit code."""
    data = _read(path)
    found = check_proof(data)
    faults = [*found.faults, *(_against(context, data, found, home) if not found.faults else ())]
    whole = found.complete and not faults
    if as_json:
        tell_json(_as_data(found, faults, whole=whole))
        return 0 if whole else BROKEN
    for key, detail in faults:
        tell(f"proof.fault.{key}", detail=detail)
    title = found.manifest.title if found.manifest else "—"
    state = "broken" if faults else "whole" if found.complete else "incomplete"
    signed = len({record.by for _, record in found.signatures()})
    version = found.text.version if found.text else 0
    if found.office:
        tell(
            f"proof.{state}",
            office=found.office,
            case=found.case,
            title=title,
            version=version,
            signed=signed,
        )
    _tell_signatures(found)
    return 0 if whole else BROKEN


def _tell_signatures(found: Proved) -> None:
    for entry, record in found.signatures():
        at = entry.recorded_at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        who = record.post
        if isinstance(record, Overridden):
            who = words().say("proof.overridden", post=record.post)
        elif record.deputy_for:
            who = words().say("sheet.deputy", post=record.post, for_post=record.deputy_for_post)
        tell("proof.signature", stage=record.stage, who=who, at=at)
    if found.digest:
        tell("proof.digest", digest=found.digest)
        tell("proof.end", end=found.end)


def _against(context: typer.Context, data: Any, found: Proved, home: Path | None) -> list[tuple[str, str]]:
    """Held against the office's own log, where one was named and it is that office's."""
    if home is None and Settings().home is None:
        return []
    works = open_office(context, home)
    if works.office.slug != found.office:
        return []
    with works.log() as log:
        ended = [] if log.ended_with(found.end) else [("other_end", found.end[:12])]
        return [*left_out(data, list(log.sealed(found.case))), *ended]


def _read(path: Path) -> Any:
    try:
        return json.loads(read_file(path))
    except ValueError:
        return None  # no proof: check_proof says so


def _as_data(found: Proved, faults: list[tuple[str, str]], *, whole: bool) -> dict[str, Any]:
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
