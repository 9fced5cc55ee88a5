"""Pages served by a thread of the test, for a browser or a proxy."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import uvicorn
from starlette.applications import Starlette

from bot.channels.web.server import bind_socket, create_web_app
from bot.services.app import OfficeApp


@contextmanager
def run_server(server: uvicorn.Server) -> Iterator[int]:
    """The port on which a server listens, until the block ends."""
    listener = bind_socket("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()


@contextmanager
def serving_app(web_app: Starlette) -> Iterator[str]:
    """The address of a web application, until the block ends."""
    with run_server(uvicorn.Server(uvicorn.Config(web_app, lifespan="off", log_level="error"))) as port:
        yield f"http://127.0.0.1:{port}"


def serving(app: OfficeApp) -> AbstractContextManager[str]:
    """The address of an office's page, until the block ends."""
    return serving_app(create_web_app(app))
