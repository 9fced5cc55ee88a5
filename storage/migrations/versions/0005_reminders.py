"""What is due when, what was said to whom, and what still waits to be sent."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""
