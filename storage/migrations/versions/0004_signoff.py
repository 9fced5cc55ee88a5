"""What keeps a signature honest whatever the program does: versions, contributors, signatures, releases, files."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
