"""What the channels hand over and where people are reached."""

from typing import Any

import sqlalchemy as sa
from alembic import op

Column = sa.Column[Any]
revision = "0006"
down_revision = "0005"


def text(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.String(), nullable=null)


def instant(name: str, *, null: bool = False) -> Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def number(name: str) -> Column:
    return sa.Column(name, sa.Integer(), nullable=False)


def table(name: str, key: tuple[str, ...], *columns: Column) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"))


def upgrade() -> None:
    table(
        "account",
        ("office", "channel", "address"),
        text("office"),
        text("channel"),
        text("address"),
        text("person"),
        instant("bound_at"),
        text("state"),
        instant("marked_at"),
        text("why"),
    )
    op.create_index("ix_account_person", "account", ["office", "person"])
    op.create_index("ix_account_address", "account", ["channel", "address"])
    table(
        "place",
        ("office", "channel", "address"),
        text("office"),
        text("channel"),
        text("address"),
        text("title"),
        text("state"),
        instant("marked_at"),
        text("why"),
    )
    op.create_index("uq_place_address", "place", ["channel", "address"], unique=True)
    table(
        "handle",
        ("office", "token"),
        text("office"),
        text("token"),
        text("person"),
        text("act"),
        number("case"),
        text("basis"),
        text("data"),
        instant("expires_at"),
        instant("used_at", null=True),
    )
    op.create_index("uq_handle_token", "handle", ["token"], unique=True)
    op.create_index("ix_handle_case", "handle", ["office", "case", "person"])
    op.create_index("ix_handle_expires", "handle", ["office", "expires_at"])
    table(
        "dialogue",
        ("office", "person", "channel"),
        text("office"),
        text("person"),
        text("channel"),
        text("form"),
        text("data"),
        instant("expires_at"),
    )
    table(
        "card",
        ("office", "person", "case", "what"),
        text("office"),
        text("person"),
        number("case"),
        text("what"),
        text("channel"),
        text("address"),
        text("message"),
        text("version"),
        instant("said_at"),
    )
    op.create_index("ix_card_case", "card", ["office", "case"])
    op.create_index("ix_card_message", "card", ["office", "channel", "address", "message"])
    table(
        "inbox",
        ("office", "number"),
        text("office"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        text("channel"),
        text("update_id"),
        text("chat"),
        text("body"),
        instant("received_at"),
        instant("not_before"),
        number("attempts"),
        text("fault"),
        instant("handled_at", null=True),
        instant("aside_at", null=True),
    )
    op.create_index("uq_inbox_update", "inbox", ["office", "channel", "update_id"], unique=True)
    op.create_index("ix_inbox_received", "inbox", ["office", "channel", "received_at"])
    pending = sa.text("handled_at is null and aside_at is null")
    waiting = ["office", "channel", "number"]
    op.create_index("ix_inbox_pending", "inbox", waiting, sqlite_where=pending, postgresql_where=pending)
    table("listening", ("office", "channel"), text("office"), text("channel"), instant("heard_at"))
