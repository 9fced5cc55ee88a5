"""Writes of files that survive a power cut: the content is synced first, then the folder that holds its name.

A file system may forget a new name, a removal or a renaming until the folder itself is synced, and may keep the name
of a file whose content it has lost. What is said to be done after these functions is done.

An office's files are for the program's own account alone: folders have mode 0700 and files 0600, whatever the umask.
Windows has no such modes; there the folder's own access list decides.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
OTHERS = 0o077
"""The rights of every account but the owner's."""


def sync_file(file: Path) -> None:
    """Wait until a file's content is on the disk."""
    handle = os.open(file, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows writes them by itself and has no call for it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing; each has reached the disk."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def replace_file(part: Path, target: Path) -> None:
    """Rename a finished file to its own name, over an older one: after a cut one of the two is there, and whole."""
    sync_file(part)
    part.replace(target)
    sync_folder(target.parent)


def sync_tree(files: Iterable[Path], root: Path) -> None:
    """Wait until files below a folder, and every name in that folder and below, are on the disk."""
    folders = {root}
    for file in files:
        sync_file(file)
        folders.update(place for place in file.parents if place.is_relative_to(root))
    for folder in sorted(folders):
        sync_folder(folder)


def keep_files_private() -> None:
    """Let this process make every file and folder for its own account alone."""
    os.umask(OTHERS)


def restrict_to_owner(root: Path) -> None:
    """Take a folder, and everything below, from all other accounts: mode 0700 for folders and 0600 for files."""
    for place in (root, *root.rglob("*")):
        if not place.is_symlink():
            place.chmod(PRIVATE_FOLDER if place.is_dir() else PRIVATE_FILE)


def open_to_others(root: Path) -> list[Path]:
    """The folders and files, from a folder down, that another account may read, write or enter."""
    if os.name == "nt":
        return []
    places = (root, *sorted(root.rglob("*")))
    return [one for one in places if not one.is_symlink() and one.stat().st_mode & OTHERS]


def open_private(path: str, flags: int) -> int:
    """Open a file for ``open(…, opener=open_private)``: where it is made, it is made with mode 0600."""
    return os.open(path, flags, PRIVATE_FILE)
