"""The log, its head, and what is derived from it.

The triggers make the log append-only whoever writes: no change, no removal, no entry anywhere but at the
end, and no ``INSERT OR REPLACE`` in place of an entry that stands.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.triggers import guard

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "position", name="pk_event"),
    )
    op.create_index("uq_event_office_key", "event", ["office", "key"], unique=True)
    op.create_index("ix_event_office_case", "event", ["office", "case", "position"])
    officewide = sa.text("type in ('calendar_entered', 'delegated', 'recalled', 'handed_over', 'sealed', 'restated')")
    op.create_index(
        "ix_event_officewide",
        "event",
        ["office", "position"],
        sqlite_where=officewide,
        postgresql_where=officewide,
    )
    op.create_table(
        "head",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("next_case", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", name="pk_head"),
    )
    op.create_table(
        "case_row",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("carried_to", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("office", "number", name="pk_case_row"),
    )
    op.create_index("uq_case_row_reference", "case_row", ["office", "kind", "reference"], unique=True)
    op.create_index("ix_case_row_called", "case_row", ["office", "reference"])
    op.create_index("ix_case_row_opened", "case_row", ["office", "opened_on"])
    op.create_index("ix_case_row_closed", "case_row", ["office", "closed_on"])
    carried = sa.text("carried_to is not null")
    op.create_index(
        "ix_case_row_carried",
        "case_row",
        ["office", "carried_to"],
        sqlite_where=carried,
        postgresql_where=carried,
    )
    op.create_table(
        "count_row",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "position", name="pk_count_row"),
    )
    op.create_index("ix_count_row_matter", "count_row", ["office", "matter", "happened_on"])
    only = "the log is append-only: "
    guard("event_is_never_changed", before="UPDATE", on="event", why=only + "an entry is never changed")
    guard("event_is_never_removed", before="DELETE", on="event", why=only + "an entry is never removed")
    guard(
        "event_is_only_appended",
        before="INSERT",
        on="event",
        why=only + "an entry goes to the end",
        when="NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM event WHERE office = NEW.office)",
    )
    guard(
        "event_key_is_used_once",
        before="INSERT",
        on="event",
        why=only + "this key is recorded already",
        when="EXISTS (SELECT 1 FROM event WHERE office = NEW.office AND key = NEW.key)",
    )
