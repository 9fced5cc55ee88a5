"""Every word that is a verb: in both languages, and every declared step, register, activity and kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.dialog.command_parser import Vocabulary
from bot.dialog.forms import OPEN, STEP
from bot.language.phrasebook import LANGUAGES, Phrasebook, book_of, phrasebook
from config.declarations.duty import Duties, Duty
from config.office.loader import Office
from config.reporting.activities import ACTIVITIES
from config.reporting.registers import REGISTERS, Register

VERB = "verb."


def vocabulary_of(duties: Duties, office: Office) -> Vocabulary:
    """The words of an office: its own beside the shipped ones, and a verb's word before a declared one."""
    words: dict[str, str] = {}
    for duty in duties.values():
        words |= dict(_of_kind(duty))
    for activity in ACTIVITIES:
        names = (activity.label, activity.label.removeprefix("业务"), _read_out(activity.key))
        words |= dict.fromkeys(names, f"hold:{activity.key}")
    for register in REGISTERS:
        words |= {name.casefold(): f"count:{register.key}" for name in _names(register)}
    for language in LANGUAGES:
        words |= {**_of_verbs(phrasebook(language)), **_of_verbs(book_of(office, language))}
    return Vocabulary(words=words)


def _of_kind(duty: Duty) -> Iterator[tuple[str, str]]:
    """What can be recorded of a case, and the kind itself where a person opens it."""
    for step in duty.steps:
        if step.offered:
            yield step.label.casefold(), f"{STEP}:{step.key}"
            yield _read_out(step.key), f"{STEP}:{step.key}"
    if not duty.begins_by_itself:
        yield f"登记{duty.label}", f"{OPEN}:{duty.kind}"
        yield f"register {_read_out(duty.kind)}", f"{OPEN}:{duty.kind}"


def _names(register: Register) -> tuple[str, ...]:
    short = (register.label.removeprefix("行政"), register.label.removeprefix("行政事业性"))
    return (register.label, *short, *register.others, _read_out(register.key))


def _of_verbs(book: Phrasebook) -> Mapping[str, str]:
    """Each verb's words, the shown one first."""
    return {
        word.casefold(): key.removeprefix(VERB)
        for key, words in book.phrases.items()
        if key.startswith(VERB)
        for word in words.split("|")
    }


def _read_out(key: str) -> str:
    return key.replace("_", " ")
