"""Answers that are given once: to strangers, to changed messages and to what is neither words nor a file.

Whoever sends something that is not understood hears it, and is not told the same for each further part of it.
"""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import Connection

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.services.app import OfficeApp
from storage.messaging.rate_limits import OncePerDay, OverLimit

UNHEARD_KINDS = frozenset({UpdateKind.EDITED, UpdateKind.UNSUPPORTED})
"""Updates that do nothing and are answered with one sentence."""


def answer_unheard(context: RequestContext, update: IncomingUpdate) -> Reply | None:
    """The sentence that says what to send instead; None where it was said of this message already."""
    if update.what is UpdateKind.UNSUPPORTED:
        key = f"talk.unsupported.{update.media}"
        return Reply(lines=(context.say(key if key in context.book.phrases else "talk.unsupported.other"),))
    if not _is_first(context.app, context.connection, update, "edited", update.chat, update.message):
        return None
    return Reply(lines=(context.say("talk.edited"),))


def over_limit_reply(context: RequestContext, over: OverLimit) -> Reply | None:
    """The sentence that nothing more is handled for a while; None where its sender was told already."""
    if not over.is_first:
        return None
    sentence = context.say("talk.too_much", until=context.labels.moment(over.until))
    return Reply(lines=(sentence,), callback_answer=sentence, to_sender_only=not context.private)


def was_said_of_album(context: RequestContext, update: IncomingUpdate, reply: Reply) -> bool:
    """Whether another file of the same album met the same reply; one that says what was recorded is always given."""
    said = sha256(reply.text.encode()).hexdigest()
    occasion = ("album", update.chat, update.album, said)
    return not reply.records and not _is_first(context.app, context.connection, update, *occasion)


def is_stranger_answered(
    app: OfficeApp, connection: Connection, update: IncomingUpdate, reply: Reply
) -> bool:
    """Whether somebody unknown is answered: each sentence once a day for each kind of update."""
    said = sha256(reply.text.encode()).hexdigest()
    return _is_first(app, connection, update, "stranger", update.sender, update.what, said)


def _is_first(app: OfficeApp, connection: Connection, update: IncomingUpdate, *occasion: str) -> bool:
    once = OncePerDay(connection, app.office.slug, update.channel)
    return once.first(" ".join(occasion), app.clock.now())
