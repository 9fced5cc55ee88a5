"""The page of the sample town, served for a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import uvicorn

from bot.channels.web.server import bind_socket, create_web_app
from bot.services.app import OfficeApp
from storage.messaging.sessions import SessionStore


def link_for(app: OfficeApp, person: str) -> str:
    """A join link's token."""
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        return people.invite(person, at=app.clock.now(), lasts=timedelta(hours=1))


@contextmanager
def serving(app: OfficeApp) -> Iterator[str]:
    """The page's address, until the block ends."""
    ear = bind_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_web_app(app), lifespan="off", log_level="error"))
    running = threading.Thread(target=server.run, kwargs={"sockets": [ear]}, daemon=True)
    running.start()
    yield f"http://127.0.0.1:{ear.getsockname()[1]}"
    server.should_exit = True
    running.join(10)
