"""Turns the system's errors about files, folders and ports into refusals with a next step.

A wrong path, a full disk or a file without permission is no fault of the program: the user can correct it. Every
other error of the system stays a fault and is logged.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import Refusal

REASONS = {
    "gone": ("there is no such file or folder", "Check the path."),
    "is_folder": ("it is a folder", "Write the name of a file behind it."),
    "no_folder": ("a part of the path is a file and no folder", "Choose another path."),
    "taken": ("a file of that name is there already", "Choose another path."),
    "forbidden": (
        "the system does not let the program's account use it ({rights})",
        "Give that account the right to, or choose another path.",
    ),
    "read_only": ("it can only be read", "Choose a path that can be written."),
    "no_room": ("the disk is full", "Free some space, then do it again."),
    "too_long": ("the name is too long", "Choose a shorter one."),
    "not_text": ("it is not UTF-8 text", "Open it in an editor and save it as UTF-8."),
}
REASON_BY_ERRNO = {
    errno.ENOENT: "gone",
    errno.EISDIR: "is_folder",
    errno.ENOTDIR: "no_folder",
    errno.EEXIST: "taken",
    errno.EACCES: "forbidden",
    errno.EPERM: "forbidden",
    errno.EROFS: "read_only",
    errno.ENOSPC: "no_room",
    errno.EDQUOT: "no_room",
    errno.ENAMETOOLONG: "too_long",
}


class PlaceRefused(Refusal):
    """{path} cannot be used: {why}. {next_step}"""


def refusal_for_os_error(error: OSError, path: Path | str = "") -> PlaceRefused | None:
    """The refusal for an error about a path (by default the error's own path); None for any other error."""
    place = path or error.filename2 or error.filename
    reason = REASON_BY_ERRNO.get(error.errno or 0)
    if not reason or not isinstance(place, str | Path):
        return None
    return PlaceRefused.for_reason(reason, REASONS[reason], path=place, rights=_file_mode(Path(place)))


@contextmanager
def os_errors_as_refusals(path: Path) -> Iterator[None]:
    """Turn errors of the system into PlaceRefused for this path: the error itself may name a temporary file."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise PlaceRefused.for_reason("not_text", REASONS["not_text"], path=path) from error
    except OSError as error:
        raise refusal_for_os_error(error, path) or error from error


def _file_mode(path: Path) -> str:
    """The permissions of a path as the system writes them; of its folder where there is no such file yet."""
    try:
        return stat.filemode((path if path.exists() else path.parent).stat().st_mode)
    except OSError:
        return "?"
