"""A room on every set of capabilities, and an office that reads English."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.services.app import OfficeApp
from tests.bot.speaker import EVERY, FULL, Room
from tests.town import with_office


@pytest.fixture(params=EVERY)
def any_room(request: pytest.FixtureRequest, app: OfficeApp) -> Iterator[Room]:
    """The same story on every set of capabilities."""
    room = Room(app, EVERY[request.param])
    yield room
    room.assert_silence()


@pytest.fixture
def room(app: OfficeApp) -> Iterator[Room]:
    room = Room(app, FULL)
    yield room
    room.assert_silence()


@pytest.fixture
def reading() -> Callable[[OfficeApp, str], OfficeApp]:
    """The office with everybody reading one language."""

    def read(app: OfficeApp, language: str) -> OfficeApp:
        people = tuple(replace(person, language=language) for person in app.office.people)
        return with_office(app, replace(app.office, people=people))

    return read
