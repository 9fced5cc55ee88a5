"""docs/security.md answers every requirement of OWASP ASVS 5.0, levels 1 and 2, and each test it names exists."""

import re
from collections.abc import Iterator
from functools import cache

from tests.paths import ROOT

DOCUMENT = ROOT / "docs" / "security.md"
REQUIREMENTS = """
1.1: 2; 1.2: 9; 1.3: 11; 1.4: 3; 1.5: 2; 2.1: 3; 2.2: 3; 2.3: 4; 2.4: 1; 3.2: 2; 3.3: 4; 3.4: 6; 3.5: 5; 3.7: 2; 4.1: 3
4.2: 1; 4.3: 2; 4.4: 4; 5.1: 1; 5.2: 3; 5.3: 2; 5.4: 3; 6.1: 3; 6.2: 12; 6.3: 4; 6.4: 4; 6.5: 5; 6.6: 3; 6.8: 4; 7.1: 3
7.2: 4; 7.3: 2; 7.4: 5; 7.5: 2; 7.6: 2; 8.1: 2; 8.2: 3; 8.3: 1; 8.4: 1; 9.1: 3; 9.2: 4; 10.1: 2; 10.2: 2; 10.3: 4
10.4: 11; 10.5: 5; 10.6: 2; 10.7: 3; 11.1: 2; 11.2: 3; 11.3: 3; 11.4: 4; 11.5: 1; 11.6: 1; 12.1: 3; 12.2: 2; 12.3: 4
13.1: 1; 13.2: 5; 13.3: 2; 13.4: 5; 14.1: 2; 14.2: 4; 14.3: 3; 15.1: 3; 15.2: 3; 15.3: 7; 16.1: 1; 16.2: 5; 16.3: 4
16.4: 3; 16.5: 3; 17.1: 1; 17.2: 4; 17.3: 2
"""
"""Of each section of the standard, how many of its requirements are of level 1 or 2: they stand first in it."""
STATES = {"holds", "does not apply", "open"}
ROW = re.compile(r"\| (V[\d.]+)(?:–(V[\d.]+))? \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


def requirements() -> list[str]:
    sections = re.findall(r"([\d.]+): (\d+)", REQUIREMENTS)
    return [f"V{section}.{place}" for section, count in sections for place in range(1, int(count) + 1)]


def rows() -> Iterator[tuple[str, str, str, str]]:
    """First and last requirement of each row, its state, and its tests or reason."""
    for found in ROW.finditer(DOCUMENT.read_text("utf-8")):
        yield found[1], found[2] or found[1], found[4].strip(), found[5].strip()


@cache
def names_of_tests() -> frozenset[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return frozenset(
        name for file in files for name in re.findall(r"def (test_\w+)", file.read_text("utf-8"))
    )


def test_every_requirement_has_its_row_once_and_in_order():
    wanted = requirements()
    assert len(wanted) == 253
    answered = [
        one for first, last, _, _ in rows() for one in wanted[wanted.index(first) : wanted.index(last) + 1]
    ]
    assert answered == wanted


def test_every_row_says_how_it_stands_and_names_tests_that_exist_or_a_reason():
    for first, _, state, said in rows():
        named = set(re.findall(r"`(test_\w+)`", said))
        assert state in STATES, first
        assert named <= names_of_tests(), (first, named - names_of_tests())
        assert named if state == "holds" or not said else said, first


def test_every_test_that_the_text_names_exists():
    assert set(re.findall(r"`(test_\w+)`", DOCUMENT.read_text("utf-8"))) <= names_of_tests()
