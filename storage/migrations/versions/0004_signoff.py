"""What keeps a signature honest whatever the program does: versions, contributors, signatures, releases, files.

The rules stand in ``scheduler/signoff/rules.py``. Here the database keeps the core of them once more: nobody signs
what they wrote, nobody signs twice, a signature is for the version's own bytes, and nothing goes out without
enough different people on those bytes, every stage among them.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.triggers import guard

revision = "0004"
down_revision = "0003"

SAME_CASE = 'office = NEW.office AND "case" = NEW."case"'
SAME_VERSION = SAME_CASE + " AND version = NEW.version"


def upgrade() -> None:
    _tables()
    _guards()


def _tables() -> None:
    op.create_table(
        "text_version",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", "version", name="pk_text_version"),
    )
    op.create_table(
        "contribution",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", "person", name="pk_contribution"),
    )
    op.create_table(
        "signature",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("deputy_for", sa.String(), nullable=False),
        sa.Column("override", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", "version", "person", name="pk_signature"),
    )
    op.create_table(
        "release",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", "position", name="pk_release"),
    )
    op.create_table(
        "document",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("office", "hash", name="pk_document"),
    )


def _guards() -> None:
    for table in ("text_version", "contribution", "signature", "release", "document"):
        guard(f"{table}_is_never_changed", before="UPDATE", on=table, why=f"{table}: a row is never changed")
    text = f"SELECT 1 FROM text_version WHERE {SAME_VERSION} AND manifest = NEW.manifest"
    guard(
        "signature_is_for_its_version",
        before="INSERT",
        on="signature",
        why="signature: it is for other bytes than the version's",
        when=f"NOT EXISTS ({text})",
    )
    guard(
        "signature_is_no_writer_s",
        before="INSERT",
        on="signature",
        why="signature: whoever wrote a version signs none",
        when=f"EXISTS (SELECT 1 FROM contribution WHERE {SAME_CASE}"
        " AND version <= NEW.version AND person IN (NEW.person, NEW.deputy_for))",
    )
    guard(
        "signature_is_given_once",
        before="INSERT",
        on="signature",
        why="signature: one person signs one version once, in their own name or through a deputy",
        when=f"EXISTS (SELECT 1 FROM signature WHERE {SAME_VERSION} AND (person IN (NEW.person, NEW.deputy_for)"
        " OR (deputy_for <> '' AND deputy_for IN (NEW.person, NEW.deputy_for))))",
    )
    guard(
        "contribution_is_no_signer_s",
        before="INSERT",
        on="contribution",
        why="contribution: whoever signed a version did not write it",
        when=f"EXISTS (SELECT 1 FROM signature WHERE {SAME_CASE}"
        " AND version >= NEW.version AND NEW.person IN (person, deputy_for))",
    )
    needed = f"SELECT needed FROM text_version WHERE {SAME_VERSION}"
    signed = f"FROM signature WHERE {SAME_VERSION} AND manifest = NEW.manifest"
    guard(
        "release_is_signed_by_enough",
        before="INSERT",
        on="release",
        why="release: not signed by enough different people on these bytes",
        when=f"NOT EXISTS ({text}) OR ({needed}) < 1"
        f" OR (SELECT COUNT(DISTINCT person) {signed}) < ({needed})"
        f" OR (SELECT COUNT(DISTINCT stage) {signed}) < ({needed})",
    )
    guard(
        "signature_of_a_release_stays",
        before="DELETE",
        on="signature",
        why="signature: what it let out is out",
        when='EXISTS (SELECT 1 FROM release WHERE office = OLD.office AND "case" = OLD."case"'
        " AND version = OLD.version)",
    )
