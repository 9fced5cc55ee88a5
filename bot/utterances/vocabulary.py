"""Collects the words of all verbs: the phrases of both languages, and the labels of what is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.language.phrasebook import LANGUAGES, Phrasebook, office_phrasebook, phrasebook
from bot.language.verbs import KEYED_KINDS, Verb, VerbKind
from bot.utterances.command_parser import VerbVocabulary
from config.declarations.duty import Duties, Duty
from config.office.loader import Office
from config.reporting.registers import ACTIVITIES, REGISTERS, Register

VERB_PREFIX = "verb."


def build_vocabulary(duties: Duties, office: Office) -> VerbVocabulary:
    """The vocabulary of an office; its own phrases count beside the shipped ones, and a verb before a label."""
    words: dict[str, Verb] = {}
    for duty in duties.values():
        words |= dict(_duty_words(duty))
    for activity in ACTIVITIES:
        names = (activity.label, activity.label.removeprefix("业务"), _key_in_words(activity.key))
        words |= dict.fromkeys(names, Verb(VerbKind.HOLD, activity.key))
    for register in REGISTERS:
        verb = Verb(VerbKind.COUNT, register.key)
        words |= {name.casefold(): verb for name in _register_names(register)}
    for language in LANGUAGES:
        words |= {**_verb_words(phrasebook(language)), **_verb_words(office_phrasebook(office, language))}
    return VerbVocabulary(words=words)


def _duty_words(duty: Duty) -> Iterator[tuple[str, Verb]]:
    """The words of a duty's standalone steps, and of opening a case of it where people open them."""
    for step in duty.steps:
        if step.standalone:
            yield step.label.casefold(), Verb(VerbKind.STEP, step.key)
            yield _key_in_words(step.key), Verb(VerbKind.STEP, step.key)
    if not duty.has_own_opening:
        yield f"登记{duty.label}", Verb(VerbKind.OPEN, duty.kind)
        yield f"register {_key_in_words(duty.kind)}", Verb(VerbKind.OPEN, duty.kind)


def _register_names(register: Register) -> tuple[str, ...]:
    short = (register.label.removeprefix("行政"), register.label.removeprefix("行政事业性"))
    return (register.label, *short, *register.synonyms, _key_in_words(register.key))


def _verb_words(book: Phrasebook) -> Mapping[str, Verb]:
    """The words of the verbs that have a phrase; the first word of a phrase is the one shown on buttons."""
    return {
        word.casefold(): Verb(kind)
        for kind in VerbKind
        if kind not in KEYED_KINDS
        for word in book.phrases[f"{VERB_PREFIX}{kind}"].split("|")
    }


def _key_in_words(key: str) -> str:
    return key.replace("_", " ")
