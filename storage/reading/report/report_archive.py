"""Unpacks an archive of reports in a child process: what it holds was packed by somebody else."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.zip_archive import archive_kind, open_archive
from storage.reading.report.reader import KIND_BY_SUFFIX

_UTF8_FLAG = 0x800
_MAX_NAME = 120  # characters: what a file system takes, with its folder


def is_report_name(name: str) -> bool:
    """Whether a file in a folder is taken for a report: by its ending, and not a program's own lock file."""
    return PurePosixPath(name).suffix.lower() in KIND_BY_SUFFIX and not name.startswith(("~$", "."))


def unpack_reports(path: Path, folder: Path) -> list[Path]:
    """Unpack the reports of an archive into a folder, each under its own name. Returns their paths.

    A document that is itself an archive is returned as it is. Raises Unreadable for a bomb or a damaged one.
    """
    return [Path(each) for each in _unpack(path, folder)]


@isolated("path")
def _unpack(path: Path, folder: Path) -> list[str]:
    archive = open_archive(path.read_bytes(), path.name)
    if archive_kind(archive) != "zip":
        return [str(path)]
    found = []
    for number, entry in enumerate(archive.infolist()):
        name = PurePosixPath(_entry_name(entry.filename, entry.flag_bits)).name
        if entry.is_dir() or not is_report_name(name):
            continue
        target = folder / str(number) / re.sub(r'[\\/:*?"<>|\0]', "_", name)[-_MAX_NAME:]
        target.parent.mkdir(parents=True)
        target.write_bytes(archive.read_part(entry.filename))
        found.append(str(target))
    return found


def _entry_name(name: str, flags: int) -> str:
    """The name of an entry: programs of older Windows write it in GB18030 and do not say so."""
    if flags & _UTF8_FLAG:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name
