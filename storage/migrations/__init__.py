"""Migrations: Alembic's revisions of the schema, and the triggers they create."""
