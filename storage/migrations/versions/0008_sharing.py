"""To which office of a shared bot somebody speaks."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("account", sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
