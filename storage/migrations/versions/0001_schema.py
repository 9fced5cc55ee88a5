"""The whole schema: the log, its projections, applicants' data, sign-off, delivery and messaging.

Triggers make the log append-only whoever writes: no entry is changed or removed, none goes anywhere but to the end,
and no ``INSERT OR REPLACE`` takes an entry's place. Others repeat the core of the sign-off rules
(``scheduler/signoff/acts.py``): nobody signs what they wrote, nobody signs twice, a signature is for the version's
own bytes, and nothing is released without enough different people on those bytes, every stage among them.
"""

from storage.migrations.columns import (
    boolean,
    content,
    day,
    index,
    instant,
    json,
    large_number,
    number,
    seconds,
    state,
    table,
    text,
    texts,
)
from storage.migrations.triggers import guard

revision = "0001"
down_revision = None

SAME_CASE = 'office = NEW.office AND "case" = NEW."case"'
SAME_VERSION = SAME_CASE + " AND version = NEW.version"


def upgrade() -> None:
    _log()
    _log_guards()
    _projections()
    _applicants()
    _sign_in()
    _signoff()
    _signoff_guards()
    _delivery()
    _accounts()
    _conversations()
    _inbox()


def _log() -> None:
    table(
        "event",
        ("office", "position"),
        text("office"),
        number("position"),
        text("type"),
        number("case"),
        *texts("key", "body", "hash"),
    )
    index("uq_event_office_key", "event", "office", "key", unique=True)
    index("ix_event_office_case", "event", "office", "case", "position")
    index(
        "ix_event_officewide",
        "event",
        "office",
        "position",
        where="type in ('calendar_entered', 'delegated', 'delegation_consented', 'recalled', 'handed_over',"
        " 'clock_settled', 'sealed', 'restated')",
    )
    table(
        "clock_reading", ("office", "boot"), *texts("office", "boot"), instant("read_at"), seconds("uptime")
    )
    index(
        "ix_event_office_version",
        "event",
        "office",
        "position",
        where="type = 'office_changed'",
    )
    table("head", ("office",), text("office"), number("position"), text("hash"), number("next_case"))


def _log_guards() -> None:
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


def _projections() -> None:
    table(
        "case_row",
        ("office", "number"),
        text("office"),
        number("number"),
        *texts("kind", "reference", "column"),
        day("opened_on"),
        day("closed_on", null=True),
        *texts("outcome", "words"),
        day("drafted_on", null=True),
        number("carried_to", null=True),
    )
    index("uq_case_row_reference", "case_row", "office", "kind", "reference", unique=True)
    index("ix_case_row_called", "case_row", "office", "reference")
    index("ix_case_row_opened", "case_row", "office", "opened_on", "number")
    index("ix_case_row_closed", "case_row", "office", "closed_on", "number")
    index("ix_case_row_kind", "case_row", "office", "kind", "opened_on", "number")
    index("ix_case_row_outcome", "case_row", "office", "outcome", "opened_on", "number")
    index("ix_case_row_drafted", "case_row", "office", "drafted_on", "number", where="drafted_on is not null")
    index("ix_case_row_carried", "case_row", "office", "carried_to", where="carried_to is not null")
    table(
        "case_part",
        ("office", "kind", "reference", "number"),
        text("office"),
        *texts("kind", "reference"),
        number("number"),
    )
    index("ix_case_part_number", "case_part", "office", "number")
    table(
        "count_row",
        ("office", "position"),
        text("office"),
        number("position"),
        text("matter"),
        day("happened_on"),
        number("quantity"),
        large_number("amount_fen"),
    )
    index("ix_count_row_matter", "count_row", "office", "matter", "happened_on")


def _applicants() -> None:
    table(
        "particular",
        ("office", "case"),
        text("office"),
        number("case"),
        *texts("name", "contact", "address", "identity_kind", "identity_number", "note", "applicant"),
    )
    index("ix_particular_applicant", "particular", "office", "applicant")
    table("particular_key", ("office",), text("office"), text("secret"))


def _sign_in() -> None:
    table(
        "invitation",
        ("office", "token"),
        *texts("office", "token", "person"),
        instant("expires_at"),
        instant("used_at", null=True),
        text("invited_by"),
        number("position"),
    )
    table(
        "session",
        ("office", "id"),
        *texts("office", "id", "person"),
        instant("began_at"),
        instant("expires_at"),
        number("joined"),
        text("confirmed_by"),
        boolean("waits"),
        text("device"),
        instant("proved_at", null=True),
    )
    table(
        "saved_view",
        ("office", "person", "listing", "name"),
        *texts("office", "person", "listing", "name", "query"),
    )


def _signoff() -> None:
    table(
        "text_version",
        ("office", "case", "version"),
        text("office"),
        number("case"),
        number("version"),
        text("manifest"),
        number("needed"),
    )
    table(
        "contribution",
        ("office", "case", "person"),
        text("office"),
        number("case"),
        text("person"),
        number("version"),
    )
    table(
        "signature",
        ("office", "case", "version", "person"),
        text("office"),
        number("case"),
        number("version"),
        *texts("person", "stage", "manifest", "deputy_for"),
        boolean("override"),
    )
    table(
        "release",
        ("office", "case", "position"),
        text("office"),
        number("case"),
        number("position"),
        number("version"),
        text("manifest"),
    )
    table("document", ("office", "hash"), text("office"), text("hash"), content("content"))


def _signoff_guards() -> None:
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


def _delivery() -> None:
    table(
        "wake",
        ("office", "case"),
        text("office"),
        number("case"),
        instant("at", null=True),
        instant("set_aside_until", null=True),
        text("fault"),
    )
    index("ix_wake_at", "wake", "office", "at", "case")
    table(
        "outbox",
        ("office", "number"),
        text("office"),
        number("number"),
        *texts("key", "person"),
        number("case"),
        *texts("what", "rung", "basis"),
        day("until", null=True),
        boolean("statutory"),
        boolean("rings"),
        *texts("topic", "for_person"),
        instant("created_at"),
        instant("not_before"),
        text("state"),
        number("attempts"),
        boolean("repeated"),
        text("claim"),
        instant("claimed_until", null=True),
        *texts("channel", "address", "message"),
        instant("sent_at", null=True),
        text("why"),
    )
    index("uq_outbox_office_key", "outbox", "office", "key", unique=True)
    index("ix_outbox_case", "outbox", "office", "case")
    index("ix_outbox_heard", "outbox", "office", "person", "sent_at")
    index("ix_outbox_created", "outbox", "office", "created_at")
    index("ix_outbox_queued", "outbox", "office", "not_before", where="state = 'queued'")
    index("ix_outbox_in_hand", "outbox", "office", "claimed_until", where="state in ('claimed', 'sending')")
    table("slot", ("office", "id"), *texts("office", "id", "channel", "address"), instant("at"))
    index("ix_slot_at", "slot", "channel", "at")
    index("ix_slot_address", "slot", "channel", "address", "at")


def _accounts() -> None:
    table(
        "account",
        ("office", "channel", "address"),
        *texts("office", "channel", "address", "person"),
        instant("bound_at"),
        state("state"),
        instant("marked_at"),
        text("why"),
        instant("chosen_at", null=True),
        instant("heard_at", null=True),
        boolean("preferred"),
        number("joined"),
        *texts("confirmed_by", "salt"),
    )
    table(
        "join_request",
        ("office", "joined"),
        text("office"),
        number("joined"),
        *texts("person", "channel", "address", "code", "invited_by"),
        number("wrong_codes"),
        instant("asked_at"),
        text("salt"),
    )
    index("ix_account_person", "account", "office", "person")
    index("ix_account_address", "account", "channel", "address")
    table(
        "place",
        ("office", "channel", "address"),
        *texts("office", "channel", "address", "title"),
        state("state"),
        instant("marked_at"),
        text("why"),
    )
    index("uq_place_address", "place", "channel", "address", unique=True)


def _conversations() -> None:
    table(
        "handle",
        ("office", "token"),
        *texts("office", "token", "person", "act"),
        number("case"),
        *texts("basis", "data"),
        instant("expires_at"),
        instant("used_at", null=True),
    )
    index("uq_handle_token", "handle", "token", unique=True)
    index("ix_handle_case", "handle", "office", "case", "person")
    index("ix_handle_expires", "handle", "office", "expires_at")
    table(
        "dialogue",
        ("office", "person", "channel", "slot"),
        *texts("office", "person", "channel", "slot", "form"),
        json("data"),
        instant("expires_at"),
    )
    table(
        "card",
        ("office", "person", "case", "what"),
        *texts("office", "person"),
        number("case"),
        *texts("what", "channel", "address", "message", "version"),
        instant("said_at"),
        instant("shown_at"),
    )
    index("ix_card_case", "card", "office", "case")
    index("ix_card_message", "card", "office", "channel", "address", "message")
    table(
        "owed_reply",
        ("office", "id"),
        *texts("office", "id", "channel", "chat", "topic", "text", "state"),
        instant("owed_at"),
    )
    index("ix_owed_reply_chat", "owed_reply", "office", "channel", "chat")
    table(
        "page_message",
        ("office", "number"),
        text("office"),
        number("number"),
        text("person"),
        boolean("own"),
        text("text"),
        json("buttons"),
        instant("said_at"),
        instant("changed_at", null=True),
        number("changed"),
    )
    index("ix_page_message_person", "page_message", "office", "person", "number")


def _inbox() -> None:
    table(
        "inbox",
        ("office", "number"),
        text("office"),
        large_number("number"),
        *texts("channel", "update_id", "content_key", "chat", "body"),
        instant("received_at"),
        instant("not_before"),
        number("attempts"),
        text("fault"),
        instant("handled_at", null=True),
        instant("aside_at", null=True),
    )
    index("uq_inbox_update", "inbox", "office", "channel", "update_id", unique=True)
    index("ix_inbox_received", "inbox", "office", "channel", "received_at")
    index("ix_inbox_content", "inbox", "office", "channel", "content_key")
    index(
        "ix_inbox_pending",
        "inbox",
        "office",
        "channel",
        "number",
        where="handled_at is null and aside_at is null",
    )
    table("listening", ("office", "channel"), text("office"), text("channel"), instant("heard_at"))
    _lines()
    table(
        "arrival",
        ("office", "person", "channel", "message", "place"),
        *texts("office", "person", "channel", "message"),
        number("place"),
        text("name"),
        content("content"),
        content("original"),
        *texts("words", "why"),
        instant("arrived_at"),
    )
    index("ix_arrival_arrived", "arrival", "office", "arrived_at")


def _lines() -> None:
    table(
        "line",
        ("office", "channel"),
        *texts("office", "channel", "holder"),
        instant("held_until", null=True),
        instant("connected_at", null=True),
        instant("heard_at", null=True),
        instant("sent_at", null=True),
        number("gaps"),
        number("gap_seconds"),
        text("why"),
    )
    table(
        "join_word",
        ("office", "word"),
        *texts("office", "word", "person"),
        instant("expires_at"),
        instant("used_at", null=True),
        text("invited_by"),
        number("position"),
    )
    table(
        "recovery_code",
        ("office", "code"),
        *texts("office", "code", "person", "invited_by"),
        number("position"),
        instant("used_at", null=True),
    )
    table(
        "handled_amount",
        ("office", "channel", "address", "kind"),
        *texts("office", "channel", "address", "kind"),
        instant("began_at"),
        large_number("amount"),
        boolean("told"),
    )
    table(
        "wrong_guess",
        ("office", "id"),
        *texts("office", "id", "channel", "address"),
        instant("at"),
    )
    index("ix_wrong_guess_at", "wrong_guess", "office", "at")
