"""What `gongkai run` does each night: a backup, and a reading of the whole log. Safe to run twice."""

from __future__ import annotations

from pathlib import Path

from bot.compose import Works
from config.errors import Damage
from storage.backup import BACKUPS, make_backup

KEPT = 14  # two weeks of nights [practice]; what is to last longer is copied elsewhere


class LogDamaged(Damage):
    """The log is not what was written: {faults} places, the first at №{position}. Run gongkai verify."""


def back_up(works: Works) -> Path:
    """This day's backup, unless it is there; the oldest go."""
    folder = works.home.path / BACKUPS
    target = folder / f"{works.today:%Y-%m-%d}.zip"
    if not target.exists():
        make_backup(works.home, works.store, works.office.slug, target, works.clock.now())
    for old in sorted(folder.glob("????-??-??.zip"))[:-KEPT]:
        old.unlink()
    return target


def prove(works: Works) -> int:
    """Re-read every entry. LogDamaged where one is not as it was written; else how many there are."""
    with works.log() as log:
        faults = list(log.verify())
        entries = log.end().position
    if faults:
        raise LogDamaged(faults=len(faults), position=faults[0].position)
    return entries
