"""The kinds of machine that a bundle is made for, and what of the lock each of them needs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHON = (3, 11)
"""The Python that the wheels are for; the machine must have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineKind:
    """A kind of machine: its name, the platform tags that its wheels may have, best first, and its markers."""

    name: str
    platforms: tuple[str, ...]
    markers: Mapping[str, str]
    scripts: tuple[str, ...]
    """The files beside the wheels: one installs, one starts, one says how."""

    def tags(self) -> frozenset[Tag]:
        """Return the tags of every wheel that such a machine can install."""
        interpreter = f"cp{PYTHON[0]}{PYTHON[1]}"
        return frozenset(
            [
                *cpython_tags(PYTHON, platforms=self.platforms),
                *compatible_tags(PYTHON, interpreter, self.platforms),
            ]
        )


def _glibc(machine: str) -> tuple[str, ...]:
    """Return the platform tags of Linux with glibc 2.28 or newer: 银河麒麟 V10, UOS 20, Debian 10, RHEL 8."""
    return (
        *(f"manylinux_2_{minor}_{machine}" for minor in range(28, 4, -1)),
        f"manylinux2014_{machine}",
        f"manylinux2010_{machine}",
        f"manylinux1_{machine}",
        f"linux_{machine}",
    )


def _markers(system: str, sys_platform: str, machine: str) -> dict[str, str]:
    version = ".".join(map(str, PYTHON))
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "nt" if sys_platform == "win32" else "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": system,
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": sys_platform,
    }


README = "README.txt"
_SH, _BAT = ("install.sh", "start.sh", README), ("install.bat", "start.bat", README)
KINDS = (
    MachineKind(
        name="linux-x86_64",
        platforms=_glibc("x86_64"),
        markers=_markers("Linux", "linux", "x86_64"),
        scripts=_SH,
    ),
    MachineKind(
        name="linux-aarch64",
        platforms=_glibc("aarch64"),
        markers=_markers("Linux", "linux", "aarch64"),
        scripts=_SH,
    ),
    MachineKind(
        name="windows-amd64",
        platforms=("win_amd64",),
        markers=_markers("Windows", "win32", "AMD64"),
        scripts=_BAT,
    ),
)


def this_machine() -> MachineKind | None:
    """Return the kind of this machine; None where no bundle is made for it."""
    name = f"{'windows' if sys.platform == 'win32' else sys.platform}-{platform.machine().lower()}"
    return next((kind for kind in KINDS if kind.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """A package of the lock: its name and version as they are written, and the hashes of its files."""

    name: str
    pinned: str
    hashes: tuple[str, ...]
    requirement: Requirement

    def is_needed_on(self, kind: MachineKind) -> bool:
        """Whether its marker holds on a kind of machine."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate(dict(kind.markers))


def locked_packages(lock: Path) -> Iterator[LockedPackage]:
    """Yield the packages of a lock with hashes, in order."""
    text = lock.read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        written, *hashes = words.split("--hash=")
        requirement = Requirement(written.strip())
        yield LockedPackage(
            name=canonicalize_name(requirement.name),
            pinned=f"{requirement.name}{requirement.specifier}",
            hashes=tuple(one.strip() for one in hashes),
            requirement=requirement,
        )


def missing_wheels(packages: Sequence[LockedPackage], kind: MachineKind, wheels: Sequence[str]) -> list[str]:
    """Return the packages that a kind needs and of which no wheel fits it, by their versions as the lock has them."""
    tags, found = kind.tags(), set()
    for file in wheels:
        name, version, _build, fits = parse_wheel_filename(file)
        if tags & fits:
            found.add((name, str(version)))
    return [
        package.pinned
        for package in packages
        if package.is_needed_on(kind)
        and not any(
            name == package.name and package.requirement.specifier.contains(version, prereleases=True)
            for name, version in found
        )
    ]
