"""Each label that the page or an export shows means that one term, and the name of a group of rows means none."""

from collections.abc import Iterator
from itertools import combinations

import pytest

from config.duties import dispute, request
from config.shipped_data import load_form
from storage.register_import.columns import LAYOUTS, vocabularies
from storage.register_import.vocabulary import ColumnVocabulary, VocabularyTerm, fold_word
from tests.storage.register_import.samples import header, read, write_csv

DUTIES = {"requests": request.DUTY, "disputes": dispute.DUTY}
FORM = load_form()
RESULTS = vocabularies("requests", FORM)["result"]
NOT_HELD = ("本机关不掌握相关政府信息", "1.本机关不掌握相关政府信息", "１．本机关 不掌握相关政府信息")


def shown() -> Iterator[tuple[str, str, str, str]]:
    """Each choice of a case that a register has a column for: register, column, key, and label on the page."""
    for kind, duty in DUTIES.items():
        for column in LAYOUTS[kind]:
            if column.fills == "outcome":
                yield from ((kind, column.key, outcome.key, outcome.label) for outcome in duty.outcomes)
            elif column.terms:
                field = next(field for field in duty.fields if field.key == column.fact)
                yield from ((kind, column.key, key, label) for key, label in field.choices.items())


@pytest.mark.parametrize(("kind", "column", "key", "label"), tuple(shown()))
def test_each_label_and_key_means_that_term(kind: str, column: str, key: str, label: str) -> None:
    vocabulary = vocabularies(kind, FORM)[column]
    as_english_page = key.replace("_", " ")
    assert {vocabulary.find(word) for word in (label, key, as_english_page)} == {key}
    assert not vocabulary.is_shared(label)


def test_no_term_is_read_that_the_page_does_not_know() -> None:
    assert {term.key for term in RESULTS.terms} == {outcome.key for outcome in request.DUTY.outcomes}


@pytest.mark.parametrize("chinese", [True, False])
def test_a_file_of_every_outcome_is_read_as_those_outcomes(tmp_path, chinese: bool) -> None:  # noqa: FBT001
    lines = [
        [str(at), "2024-01-31", "natural_person", "2024-02-28", outcome.label if chinese else outcome.key]
        for at, outcome in enumerate(request.DUTY.outcomes, 1)
    ]
    file = write_csv(tmp_path / "a.csv", [header("requests", chinese=chinese)[:5], *lines])
    rows, findings = read("requests", file)
    assert ([row.outcome for row in rows], findings) == ([one.key for one in request.DUTY.outcomes], [])


@pytest.mark.parametrize("word", NOT_HELD)
def test_a_row_of_two_outcomes_is_the_one_that_bears_its_key(word: str) -> None:
    assert (RESULTS.find(word), RESULTS.is_shared(word)) == ("not_held", False)
    assert RESULTS.find("经检索，信息不存在") == "not_existing"


@pytest.mark.parametrize("group", ["（三）不予公开", "（四）无法提供", "（五）不予处理", "（六）其他处理"])
def test_the_name_of_a_group_of_rows_is_none_of_its_outcomes(group: str) -> None:
    rows = {row.key for row in FORM.rows3 if row.group == group}
    meant = [one.key for one in request.DUTY.outcomes if one.cell.split(".")[1] in rows]
    for word in (group, group[3:]):
        assert (RESULTS.find(word), RESULTS.is_shared(word)) == (None, True)
        assert RESULTS.advice(word, chinese=False).split(", ") == meant


def test_each_row_of_the_form_is_read_as_one_of_its_outcomes() -> None:
    counted = {
        row.key: [one.key for one in request.DUTY.outcomes if one.cell.split(".")[1] == row.key]
        for row in FORM.rows3
    }
    results = [row for row in FORM.rows3 if counted[row.key]]
    assert [RESULTS.find(row.label) for row in results] == [row.key for row in results]
    assert [key for key, outcomes in counted.items() if len(outcomes) > 1] == ["granted", "not_held"]


def test_no_two_outcomes_have_one_label() -> None:
    for one, other in combinations(request.DUTY.outcomes, 2):
        assert fold_word(one.label) != fold_word(other.label)


def test_a_word_for_two_terms_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="names both"):
        ColumnVocabulary(
            [VocabularyTerm(key="a", label="甲"), VocabularyTerm(key="b", label="乙", synonyms=("甲",))]
        )
