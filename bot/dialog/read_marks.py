"""Keeps which long texts a person has read to the end in a chat, or was asked about: each is asked about once."""

from __future__ import annotations

from datetime import timedelta

from bot.dialog.turn import RequestContext
from storage.messaging.dialog_state import DialogState, DialogStates

LONG_TEXT = 400  # characters: more than a card and a glance
MARK_LIFETIME = timedelta(days=30)
MAX_MARKS = 50  # the newest are kept
READ_SLOT = "read"


def is_marked_read(context: RequestContext, digest: str) -> bool:
    """Whether this version was read to its end here, or asked about before."""
    return digest in _marks(context)


def mark_read(context: RequestContext, digest: str) -> None:
    """Remember that this version was read to its end, or asked about."""
    marks = [one for one in _marks(context) if one != digest]
    data = {"digests": [*marks, digest][-MAX_MARKS:]}
    state = DialogState(form=READ_SLOT, data=data, expires_at=context.app.clock.now() + MARK_LIFETIME)
    _stored(context).save(context.person.id, context.channel, state)


def _marks(context: RequestContext) -> list[str]:
    state = _stored(context).get(context.person.id, context.channel, at=context.app.clock.now())
    return [str(digest) for digest in state.data["digests"]] if state else []


def _stored(context: RequestContext) -> DialogStates:
    return DialogStates(context.connection, context.app.office.slug, slot=READ_SLOT)
