"""The nightly jobs of `gongkai run`: backup, log verification, purging expired data. Each is safe to run twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.dialog.forms import FORM_LIFETIME
from bot.runtime.proof import kept_backups, prove_nightly
from bot.services.app import OfficeApp
from config.errors import Damage
from storage.database.backup import BACKUP_FOLDER, make_backup
from storage.messaging.accounts import mark_signed_out
from storage.messaging.callback_tokens import CallbackTokens
from storage.messaging.dialog_state import delete_expired_forms
from storage.messaging.inbox import UPDATE_ID_RETENTION, forget_handled
from storage.messaging.incoming_files import delete_old_incoming_files
from storage.messaging.web_chat import delete_old_messages

BACKUPS_KEPT = 14  # two weeks of nights [practice]; what is to last longer is copied elsewhere

EXPIRED_BUTTON_RETENTION = timedelta(days=30)
"""How long after its expiry a press on a button is still answered with the state of its case."""

EXPIRED_FORM_RETENTION = timedelta(days=1)
"""How long after its expiry somebody who goes on with a form is still told what became of it."""
MESSAGE_RETENTION = timedelta(days=90)
"""How long the page shows what was said in a chat; what was recorded then stays in the history of its case."""


class LogDamaged(Damage):
    """The log is not what was written: {faults} places, the first at №{position}. Run gongkai verify."""


def back_up(app: OfficeApp) -> Path:
    """Make today's backup unless it exists, and delete the oldest. Returns its path."""
    target = app.home.path / BACKUP_FOLDER / f"{app.today:%Y-%m-%d}.zip"
    if not target.exists():
        make_backup(app.home, app.store, app.office.slug, target, app.clock.now())
    for old in kept_backups(app)[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def verify_log(app: OfficeApp) -> int:
    """Prove the office (``bot/runtime/proof.py``). Raises LogDamaged for any fault; returns the number of entries."""
    proof = prove_nightly(app)
    if proof.faults:
        raise LogDamaged(faults=len(proof.faults), position=proof.faults[0].position)
    return proof.entries


def purge_expired(app: OfficeApp) -> int:
    """Delete what the channels no longer need, expired buttons and files that nobody submitted. Returns how many.

    Whoever has no session any more is marked as not reached on the page.
    """
    now, office = app.clock.now(), app.office.slug
    with app.store.writing(office) as connection:
        mark_signed_out(connection, office, now)
        files = delete_old_incoming_files(connection, office, now - FORM_LIFETIME)
        files += delete_expired_forms(connection, office, now - EXPIRED_FORM_RETENTION)
        files += delete_old_messages(connection, office, now - MESSAGE_RETENTION)
        forget_handled(connection, office, now - UPDATE_ID_RETENTION)
        return files + CallbackTokens(connection, office).forget(now - EXPIRED_BUTTON_RETENTION)
