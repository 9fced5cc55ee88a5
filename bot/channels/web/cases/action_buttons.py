"""Makes the buttons of a case from its verbs; a press runs the verb's action (``account/chat.py``)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialog.turn import RequestContext
from bot.language.verbs import Verb, format_verb
from config.declarations.duty import Duty


def action_buttons(context: RequestContext, verbs: Sequence[Verb], duty: Duty) -> tuple[tuple[str, str], ...]:
    """The value and the label of each button; the labels are the words of the verbs in a case of this kind."""
    return tuple((format_verb(verb), context.word(*verb, duty=duty)) for verb in verbs)
