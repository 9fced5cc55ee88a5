"""Lets LibreOffice, where it is installed, convert what our own readers refuse or read in part.

It is asked last: our readers take milliseconds and are held to less memory. It runs below the process that reads
files, with a folder of its own for settings, no macros, and ends with its time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from config.settings import machine_settings
from storage.isolation.worker import MEGABYTE

if sys.platform != "win32":
    import resource

NONE = "none"
CONVERTED = {"doc": "docx", "rtf": "docx", "odt": "docx", "xls": "xlsx", "ods": "xlsx"}
"""The kinds it is asked about, and what each becomes."""
SECONDS = 20.0  # it opens a report in one to four; the process above it is stopped at 30
_MEMORY_MB = 4096  # MB of addresses, of which it uses some 300
_NAMES = ("soffice", "libreoffice")
_PLACES = (
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)


def office_program() -> Path | None:
    """Return LibreOffice's program: the one that the setting names, or else the one that is installed."""
    named = machine_settings().office_program
    if named:
        return Path(named) if named != NONE and Path(named).is_file() else None
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else next((place for place in map(Path, _PLACES) if place.is_file()), None)


def convert_document(content: bytes, kind: str, seconds: float = SECONDS) -> tuple[str, bytes] | None:
    """Return a file's new kind and bytes; None where there is no program, no such kind, or it did not manage."""
    program, target = office_program(), CONVERTED.get(kind)
    if program is None or target is None or seconds <= 0:
        return None
    with tempfile.TemporaryDirectory(prefix="gongkai-convert-", ignore_cleanup_errors=True) as folder:
        source, out = Path(folder) / f"source.{kind}", Path(folder) / "out"
        source.write_bytes(content)
        command = [
            str(program),
            f"-env:UserInstallation={(Path(folder) / 'settings').as_uri()}",
            *("--headless", "--norestore", "--nolockcheck", "--convert-to", target, "--outdir", str(out)),
            str(source),
        ]
        try:
            subprocess.run(  # noqa: S603 - the program that the machine or its setting names
                command,
                timeout=seconds,
                check=True,
                capture_output=True,
                cwd=folder,
                preexec_fn=_limits(seconds),
            )
        except (OSError, subprocess.SubprocessError):
            return None
        made = out / f"source.{target}"
        return (target, made.read_bytes()) if made.is_file() else None


def _limits(seconds: float) -> Callable[[], None] | None:
    """Return what gives the new process its own limits: those of the reader above are too narrow for it."""
    return None if sys.platform == "win32" else partial(_limit, int(seconds) + 1)


def _limit(seconds: int) -> None:
    if sys.platform != "win32":
        for which, wanted in ((resource.RLIMIT_AS, _MEMORY_MB * MEGABYTE), (resource.RLIMIT_CPU, seconds)):
            _soft, hard = resource.getrlimit(which)
            resource.setrlimit(which, (wanted, hard))
