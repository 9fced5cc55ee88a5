"""What the channels hand over and where people are reached."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing yet."""
