"""What is due when, what was said to whom, and what still waits to be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "wake",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "case", name="pk_wake"),
    )
    op.create_index("ix_wake_at", "wake", ["office", "at", "case"])
    # What was open before there were wakes is looked at by the first sweep.
    op.execute(
        """insert into wake (office, "case", at, fault)
        select office, number, cast('2000-01-01 00:00:00' as timestamp), '' from case_row where closed_on is null"""
        if op.get_bind().dialect.name == "postgresql"
        else """insert into wake (office, "case", at, fault)
        select office, number, '2000-01-01 00:00:00.000000', '' from case_row where closed_on is null"""
    )
    op.create_table(
        "outbox",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.Column("rings", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("for_person", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Boolean(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "number", name="pk_outbox"),
    )
    op.create_index("uq_outbox_office_key", "outbox", ["office", "key"], unique=True)
    op.create_index("ix_outbox_case", "outbox", ["office", "case"])
    op.create_index("ix_outbox_heard", "outbox", ["office", "person", "sent_at"])
    op.create_index("ix_outbox_created", "outbox", ["office", "created_at"])
    queued, in_hand = sa.text("state = 'queued'"), sa.text("state in ('claimed', 'sending')")
    ready = ["office", "not_before"]
    op.create_index("ix_outbox_queued", "outbox", ready, sqlite_where=queued, postgresql_where=queued)
    taken = ["office", "claimed_until"]
    op.create_index("ix_outbox_in_hand", "outbox", taken, sqlite_where=in_hand, postgresql_where=in_hand)
    op.create_table(
        "slot",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("office", "id", name="pk_slot"),
    )
    op.create_index("ix_slot_at", "slot", ["channel", "at"])
    op.create_index("ix_slot_address", "slot", ["channel", "address", "at"])
