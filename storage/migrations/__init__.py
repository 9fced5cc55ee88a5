"""How a database grows from one revision to the next (Alembic)."""
