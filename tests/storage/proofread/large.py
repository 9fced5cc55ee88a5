"""The large runs over personal data, for ``make proof``; the suite runs a small sample of them."""

from __future__ import annotations

from unittest.mock import patch

from storage.proofread.personal_data import id_numbers
from storage.proofread.personal_data.detector import find_personal_data
from tests.storage.proofread import generated
from tests.storage.proofread.labelled import corpus, scores, table

NUMBERS, SEED = 200_000, 20_261_125


def found_kinds(text: str) -> list[str]:
    return [spot.kind.value for spot in find_personal_data(text)]


def missed(count: int, seed: int) -> list[str]:
    """Generated numbers of persons, disguised and in a sentence, that are not found for what they are."""
    chance, lost = generated.drawn(seed), []
    kinds = sorted(generated.GROUPS)
    for _ in range(count):
        kind = chance.choice(kinds)
        number = generated.disguised(chance, kind, generated.MADE[kind](chance))
        text = chance.choice(generated.SENTENCES).format(n=number)
        if found_kinds(text) != [generated.KINDS.get(kind, kind)]:
            lost.append(text)
    return lost


def innocent_alarms(count: int, seed: int) -> list[str]:
    """Innocent numbers of a township's papers that raise an alarm."""
    chance = generated.drawn(seed)
    texts = (generated.innocent(chance) for _ in range(count))
    return [text for text in texts if found_kinds(text)]


def prove_personal() -> bool:
    """Every generated number of a person is found, whatever parts its digits."""
    lost = missed(NUMBERS, SEED)
    print(f"personal data: {NUMBERS:,} generated numbers, disguised: {NUMBERS - len(lost):,} found")
    return not lost


def prove_innocent() -> bool:
    """No date, document number, amount, code or figure is taken for a person's number."""
    alarms = innocent_alarms(NUMBERS, SEED)
    print(f"innocent numbers: {NUMBERS:,} generated, {len(alarms):,} false alarms {alarms[:3] or ''}")
    return not alarms


def prove_corpus() -> bool:
    """Recall and precision of every rule on the labelled corpus."""
    found = scores(corpus())
    print(*table(found), sep="\n")
    return all(score.recall >= 0.95 and score.precision >= 0.95 for score in found.values())


def control_innocent() -> bool:
    """Negative control: any 18 digits taken for an identity number must raise alarms, or the run proves nothing."""
    with patch.object(id_numbers, "is_identity", lambda _number: True):
        alarms = innocent_alarms(20_000, SEED)
    print(
        f"control, no region, day and check character: {len(alarms):,} of 20,000 innocent numbers raise an alarm"
    )
    return bool(alarms)


PROOFS = (prove_personal, prove_innocent, prove_corpus, control_innocent)
