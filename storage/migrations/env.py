"""Alembic's entry point: it migrates the connection that ``migrate`` passes to it."""

from alembic import context
from sqlmodel import SQLModel

from storage.database import tables, tables_approvals, tables_delivery, tables_messaging  # noqa: F401 - fill the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
