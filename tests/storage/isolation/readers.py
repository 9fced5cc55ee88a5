"""Readers that misbehave, at the top of a module, where a child process finds them."""

import os
import resource
import sys
import time
from pathlib import Path

from config.errors import BadInput
from config.findings import Finding, Severity
from storage.isolation.isolated_reading import ReadingLimits, isolated
from storage.reading.formats.errors import read_error

SHORT = ReadingLimits(seconds=0.5, memory_mb=400)
"""For whoever never ends."""
PATIENT = ReadingLimits(seconds=60, memory_mb=400)
"""For everybody else: a busy machine takes its time to start a process."""


@isolated("name", PATIENT)
def process_of(name: str) -> int:
    assert name
    return os.getpid()


@isolated("name", SHORT)
def never_ending(name: str) -> None:
    while name:
        time.sleep(0.01)


@isolated("name", PATIENT)
def ending_when(name: str, marker: Path) -> str:
    """Works until somebody puts a file there."""
    while not marker.exists():
        time.sleep(0.01)
    return name


@isolated("name", SHORT)
def never_returning_from_its_library(name: str) -> int:
    return sum(9 ** (9**8 + at) for at, _ in enumerate(name))


@isolated("name", PATIENT)
def greedy(name: str) -> int:
    held = [bytes(10_000_000) for _ in range(1000)]
    return len(held) + len(name)


@isolated("name", PATIENT)
def breaking_off(name: str) -> None:
    os._exit(len(name))


@isolated("name", PATIENT)
def ending_quietly(name: str, marker: Path) -> int:
    """Ends like a process of which nothing was asked for long, the first time."""
    if not marker.exists():
        marker.write_text(name)
        os._exit(0)
    return os.getpid()


@isolated("name", PATIENT)
def refusing(name: str) -> None:
    raise read_error(name, "too_large", limit=50)


@isolated("name", PATIENT)
def finding_faults(name: str) -> None:
    raise BadInput([Finding(rule="text.weekday", severity=Severity.ERROR, place="title")], file=name)


@isolated("name", PATIENT)
def faulty(name: str) -> int:
    return 1 // (len(name) - len(name))


@isolated("name", PATIENT)
def printing(name: str) -> str:
    sys.stdout.write("among the answers\n")
    sys.stdout.flush()
    return name


@isolated("path", PATIENT)
def size_of(path: Path) -> int:
    return len(path.read_bytes())


@isolated("name", PATIENT)
def processor_time_left(name: str) -> float:
    """The seconds of processor time after which the system ends this process, even where its parent was killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    assert name
    return resource.getrlimit(resource.RLIMIT_CPU)[0] - used.ru_utime - used.ru_stime
