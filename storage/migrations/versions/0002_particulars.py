"""Applicants' particulars, the erasable table, and each office's key for telling applicants apart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "particular",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("identity_kind", sa.String(), nullable=False),
        sa.Column("identity_number", sa.String(), nullable=False),
        sa.Column("applicant", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", name="pk_particular"),
    )
    op.create_index("ix_particular_applicant", "particular", ["office", "applicant"])
    op.create_table(
        "particular_key",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", name="pk_particular_key"),
    )
