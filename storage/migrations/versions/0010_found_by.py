"""What cases are found by besides their references: titles and places."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("case_row", sa.Column("words", sa.String(), nullable=False, server_default=""))
