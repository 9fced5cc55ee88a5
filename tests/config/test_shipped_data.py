"""What ships with the program fits together when it is loaded, or is refused with a sentence."""

from copy import deepcopy
from dataclasses import replace

import pytest

import config.duties
from bot.language.phrasebook import phrasebook
from config import shipped_data
from config.declarations.duty import CaseOutcome
from config.declarations.requirements import RequiredParagraph
from config.duties.request import DUTY as REQUEST

NEW_OUTCOME = CaseOutcome(
    key="sold_out", label="售罄", article="", required_paragraphs=(RequiredParagraph(key="price_list"),)
)
WITH_NEW_OUTCOME = replace(REQUEST, outcomes=(*REQUEST.outcomes, NEW_OUTCOME))


def _files_with_decision() -> shipped_data.LetterFiles:
    files = deepcopy(shipped_data.load_letter_files("request"))
    files["answers"]["sold_out"] = {"decision": ["已售罄。"]}
    return files


def test_an_outcome_without_its_answer_is_refused_as_the_duties_are_loaded(monkeypatch):
    monkeypatch.setattr("config.duties.request.DUTY", WITH_NEW_OUTCOME)
    with pytest.raises(shipped_data.AnswerTextMissing) as refused:
        shipped_data.load_duties(config.duties)
    assert phrasebook("zh").error(refused.value) == (
        "“request”类的结果 sold_out 没有答复书的文字。"
        "请在 config/data/letters/request/answers.toml 里补上“[sold_out] decision”。"
    )


def test_a_paragraph_that_no_file_knows_is_refused_by_its_name():
    with pytest.raises(shipped_data.AnswerTextMissing, match=r"price_list.*request/facts\.toml"):
        shipped_data.check_answers(WITH_NEW_OUTCOME, _files_with_decision())


def test_with_its_texts_the_outcome_is_taken():
    files = _files_with_decision()
    files["facts"]["names"]["price_list"] = "价目表"
    shipped_data.check_answers(WITH_NEW_OUTCOME, files)


def test_a_kind_without_letters_needs_no_answers():
    shipped_data.check_answers(replace(WITH_NEW_OUTCOME, kind="kite"), shipped_data.load_letter_files("kite"))
