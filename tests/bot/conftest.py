"""A room on every set of capabilities, and an office that reads English."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.services.app import OfficeApp
from tests.bot.speaker import EVERY, FULL, Room


@pytest.fixture(params=EVERY)
def any_room(request: pytest.FixtureRequest, works: OfficeApp) -> Iterator[Room]:
    """The same story on every set of capabilities."""
    room = Room(works, EVERY[request.param])
    yield room
    room.assert_silence()


@pytest.fixture
def room(works: OfficeApp) -> Iterator[Room]:
    room = Room(works, FULL)
    yield room
    room.assert_silence()


@pytest.fixture
def reading() -> Callable[[OfficeApp, str], OfficeApp]:
    """The office with everybody reading one language."""

    def read(works: OfficeApp, language: str) -> OfficeApp:
        people = tuple(replace(person, language=language) for person in works.office.people)
        return replace(works, office=replace(works.office, people=people))

    return read
