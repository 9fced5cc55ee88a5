"""The kinds that do not begin by themselves, but for the villages' months."""

from bot.services.app import shipped_duties


def months_alone():
    return {kind: duty for kind, duty in shipped_duties().items() if not duty.recurrence}
