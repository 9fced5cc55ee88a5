"""A room on every set of abilities, and an office that reads English."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.services.app import Works
from tests.bot.speaker import EVERY, FULL, Room


@pytest.fixture(params=EVERY)
def any_room(request: pytest.FixtureRequest, works: Works) -> Iterator[Room]:
    """The same story on every set of abilities."""
    room = Room(works, EVERY[request.param])
    yield room
    room.assert_silence()


@pytest.fixture
def room(works: Works) -> Iterator[Room]:
    room = Room(works, FULL)
    yield room
    room.assert_silence()


@pytest.fixture
def reading() -> Callable[[Works, str], Works]:
    """The office with everybody reading one language."""

    def read(works: Works, language: str) -> Works:
        people = tuple(replace(person, language=language) for person in works.office.people)
        return replace(works, office=replace(works.office, people=people))

    return read
