"""A disk that forgets at a power cut: what was not synced is lost, and a name that was not synced is as it was before.

It keeps, beside the real files of a folder, what would be there after a cut: the content of each file at its last
sync, and the names of each folder at its last sync. A removed or renamed file whose folder was not synced since is
back under its old name; a new one is not there. That is the worst that a file system may do (POSIX promises no more).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest


class Disk:
    """The files below a folder, and what a power cut would leave of them. Everything there at first is synced."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._numbers = count()
        self._now: dict[Path, int] = {}
        """The files by the names the program sees: of two that had one name in turn each has a number of its own."""
        self._names: dict[Path, dict[str, int]] = {}
        """By folder, what was in it at its last sync."""
        self._contents: dict[int, bytes] = {}
        for place in (self.root, *sorted(self.root.rglob("*"))):
            if place.is_dir():
                self.sync_folder(place)
            else:
                self.sync_file(place)

    def sync_file(self, file: Path) -> None:
        """A file's content reached the disk; its name may not have."""
        if file.is_relative_to(self.root):
            self._contents[self._number(file)] = file.read_bytes()

    def sync_folder(self, folder: Path) -> None:
        """The names in a folder reached the disk."""
        if folder.is_relative_to(self.root):
            self._names[folder] = {place.name: self._number(place) for place in folder.iterdir()}

    def remove(self, file: Path) -> None:
        """A file was removed."""
        self._now.pop(file, None)

    def rename(self, source: Path, target: Path) -> None:
        """A file was renamed, over another one perhaps."""
        self._now[target] = self._number(source)
        self._now.pop(source)

    def link(self, source: Path, target: Path) -> None:
        """A file got a second name."""
        self._now[target] = self._number(source)

    def after_cut(self) -> dict[Path, bytes]:
        """What is found after a cut at this moment: contents by their places below the root."""
        return dict(self._found(self.root))

    def _found(self, folder: Path) -> Iterator[tuple[Path, bytes]]:
        for name, number in self._names.get(folder, {}).items():
            if (folder / name) in self._names or (folder / name).is_dir():
                yield from self._found(folder / name)
            else:
                yield (folder / name).relative_to(self.root), self._contents.get(number, b"")

    def _number(self, file: Path) -> int:
        if file not in self._now:
            self._now[file] = next(self._numbers)
        return self._now[file]


def lay_out(found: dict[Path, bytes], folder: Path) -> Path:
    """Put what a cut left into a new folder. Returns it."""
    folder.mkdir(parents=True)
    for name, content in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@contextmanager
def recording_python(disk: Disk, after_each: Callable[[], object] = lambda: None) -> Iterator[None]:
    """What Python does to files meanwhile is told to a disk; ``after_each`` is called after each change on it."""

    def recorded(name: str, tell: Callable[..., None]) -> None:
        real: Callable[..., Any] = getattr(os, name)

        def call(*args: Any, **options: Any) -> Any:
            result = real(*args, **options)
            tell(*args)
            after_each()
            return result

        patch.setattr(os, name, call)

    def sync(handle: int) -> None:
        place = Path(f"/proc/self/fd/{handle}").readlink()
        (disk.sync_folder if place.is_dir() else disk.sync_file)(place)

    def resolved(tell: Callable[..., None]) -> Callable[..., None]:
        return lambda *places: tell(
            *(Path(place).parent.resolve() / Path(place).name for place in places[:2])
        )

    with pytest.MonkeyPatch.context() as patch:
        recorded("fsync", sync)
        recorded("replace", resolved(disk.rename))
        recorded("link", resolved(disk.link))
        for name in ("unlink", "remove"):
            recorded(name, resolved(disk.remove))
        yield
