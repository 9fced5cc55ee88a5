"""Holds both locks against the list of known faults; ``make check`` runs it. It asks no server."""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from packaging.version import Version

from tests.paths import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
LIST = "requirements-audit.toml"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def pins(lock: str) -> list[tuple[str, Version]]:
    """Return the packages of a lock with their versions; one for several Pythons stands in it several times."""
    return [(name, Version(version)) for name, version in PIN.findall(lock)]


def faults(locks: Mapping[str, str], known: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong: a version with a known fault, and a package that nobody looked at."""
    for file, lock in locks.items():
        for name, version in pins(lock):
            if name not in known["packages"]:
                yield f"{file}: {name} is not in {LIST}: look its advisories up, then add it there"
            for fault in known["faults"]:
                if fault["package"] == name and version < Version(fault["mended_in"]):
                    yield f"{file}: {name} {version} has {fault['id']} ({fault['what']}); take {fault['mended_in']} or later"


def read_list() -> dict[str, Any]:
    """Return the list of known faults."""
    return tomllib.loads((ROOT / LIST).read_text("utf-8"))


def main() -> int:
    """Print what is wrong. Returns 1 where anything is."""
    known = read_list()
    found = list(faults({file: (ROOT / file).read_text("utf-8") for file in LOCKS}, known))
    for line in found:
        sys.stdout.write(f"{line}\n")
    looked_up = known.get("looked_up_on", "never yet")
    sys.stdout.write(
        f"{len(found)} faults of libraries by the list of {known['written_on']}; "
        f"advisories of the packages were looked up: {looked_up}.\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
