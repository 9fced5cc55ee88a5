"""Every word that is a verb: in both languages, and every declared step, register, activity and kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.dialog.command_parser import VerbVocabulary
from bot.dialog.forms import OPEN, STEP
from bot.language.phrasebook import LANGUAGES, Phrasebook, office_phrasebook, phrasebook
from config.declarations.duty import Duties, Duty
from config.office.loader import Office
from config.reporting.activities import ACTIVITIES
from config.reporting.registers import REGISTERS, Register

VERB_PREFIX = "verb."


def build_vocabulary(duties: Duties, office: Office) -> VerbVocabulary:
    """The words of an office: its own beside the shipped ones, and a verb's word before a declared one."""
    words: dict[str, str] = {}
    for duty in duties.values():
        words |= dict(_duty_words(duty))
    for activity in ACTIVITIES:
        names = (activity.label, activity.label.removeprefix("业务"), _key_in_words(activity.key))
        words |= dict.fromkeys(names, f"hold:{activity.key}")
    for register in REGISTERS:
        words |= {name.casefold(): f"count:{register.key}" for name in _register_names(register)}
    for language in LANGUAGES:
        words |= {**_verb_words(phrasebook(language)), **_verb_words(office_phrasebook(office, language))}
    return VerbVocabulary(words=words)


def _duty_words(duty: Duty) -> Iterator[tuple[str, str]]:
    """What can be recorded of a case, and the kind itself where a person opens it."""
    for step in duty.steps:
        if step.standalone:
            yield step.label.casefold(), f"{STEP}:{step.key}"
            yield _key_in_words(step.key), f"{STEP}:{step.key}"
    if not duty.opens_automatically:
        yield f"登记{duty.label}", f"{OPEN}:{duty.kind}"
        yield f"register {_key_in_words(duty.kind)}", f"{OPEN}:{duty.kind}"


def _register_names(register: Register) -> tuple[str, ...]:
    short = (register.label.removeprefix("行政"), register.label.removeprefix("行政事业性"))
    return (register.label, *short, *register.synonyms, _key_in_words(register.key))


def _verb_words(book: Phrasebook) -> Mapping[str, str]:
    """Each verb's words, the shown one first."""
    return {
        word.casefold(): key.removeprefix(VERB_PREFIX)
        for key, words in book.phrases.items()
        if key.startswith(VERB_PREFIX)
        for word in words.split("|")
    }


def _key_in_words(key: str) -> str:
    return key.replace("_", " ")
