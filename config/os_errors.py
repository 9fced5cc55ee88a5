"""What the machine says of a file, a folder or a port that cannot be used, as a refusal with the next step.

A wrong path, a full disk, a file that the account may not touch: none is a fault of the program, and whoever
typed the command can mend it. What the machine says otherwise stays a fault and is logged.
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
    """What the machine said of a path, of the one in its complaint where none is named; None for any other fault."""
    place = path or error.filename2 or error.filename
    reason = REASON_BY_ERRNO.get(error.errno or 0)
    if not reason or not isinstance(place, str | Path):
        return None
    return PlaceRefused.for_reason(reason, REASONS[reason], path=place, rights=_file_mode(Path(place)))


@contextmanager
def os_errors_as_refusals(path: Path) -> Iterator[None]:
    """Name this path where the machine refuses it: its own complaint may name a scratch file beside it."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise PlaceRefused.for_reason("not_text", REASONS["not_text"], path=path) from error
    except OSError as error:
        raise refusal_for_os_error(error, path) or error from error


def _file_mode(path: Path) -> str:
    """Who may do what there, as the system writes it; with a file that is not there yet, in its folder."""
    try:
        return stat.filemode((path if path.exists() else path.parent).stat().st_mode)
    except OSError:
        return "?"
