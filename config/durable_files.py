"""Writes of files that survive a power cut: the content is synced first, then the folder that holds its name.

A file system may forget a new name, a removal or a renaming until the folder itself is synced, and may keep the name
of a file whose content it has lost. What is said to be done after these functions is done.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


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
