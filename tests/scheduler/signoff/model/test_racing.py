"""Two at once, and one button pressed fifty times: one event for each decision, and nothing that nobody saw."""

from dataclasses import replace

import pytest

from bot.services.app import OfficeApp
from config.office.loader import Stage
from tests.scheduler.signoff.model.racing import at_once, interleave
from tests.scheduler.signoff.town import OTHER, STAGES, TEXT, draft, length, sign, sitting, standing


@pytest.fixture
def case(works: OfficeApp, case: int) -> int:
    draft(works, case)
    return case


def reviewers(works: OfficeApp, count: int, rule: str) -> OfficeApp:
    """An office with so many secrecy reviewers."""
    model = works.office.person("secrecy_officer")
    more = tuple(replace(model, id=f"reviewer_{place}", deputy="") for place in range(1, count))
    chain = works.office.chain("publication")
    first: Stage = replace(chain.stages[0], rule=rule)
    chains = [replace(chain, stages=(first, *chain.stages[1:]))]
    chains += [one for one in works.office.chains if one.kind != "publication"]
    return replace(
        works, office=replace(works.office, people=works.office.people + more, chains=tuple(chains))
    )


def test_edits_and_signatures_in_any_order(works: OfficeApp) -> None:
    raced = interleave(works, 30, seed=20_261_123)
    assert raced.wrong == ()
    assert (raced.kept + raced.refused >= 200, raced.refused > 60, raced.out > 0) == (True, True, True)
    with works.log() as log:
        assert list(log.verify()) == []


def test_fifty_taps_are_one_signature(works: OfficeApp, case: int) -> None:
    ended = at_once([lambda: sign(works, case, 0)] * 50)
    assert ended == {"kept": 1, "NothingToSign": 49}
    assert length(works) == 3


def test_two_reviewers_at_once_are_one_decision_where_one_is_enough(works: OfficeApp, case: int) -> None:
    works = reviewers(works, 2, "any")
    ended = at_once([lambda: sign(works, case, 0), lambda: sign(works, case, 0, by="reviewer_1")])
    assert ended == {"kept": 1, "NothingToSign": 1}
    assert length(works) == 3


def test_where_all_sign_all_at_once_the_stage_is_done(works: OfficeApp, case: int) -> None:
    works = reviewers(works, 4, "all")
    names = ["secrecy_officer", *(f"reviewer_{place}" for place in range(1, 4))]
    taps = [lambda who=who: sign(works, case, 0, by=who) for who in names for _ in "12"]
    ended = at_once(taps)
    assert ended["kept"] == 4
    assert standing(works, case).stage.name == STAGES[1]
    assert length(works) == 6


def test_a_signature_and_an_edit_at_once_leave_nothing_stale(works: OfficeApp, case: int) -> None:
    ended = at_once([lambda: sign(works, case, 0), lambda: draft(works, case, OTHER)])
    assert ended["kept"] in {1, 2}
    at = standing(works, case)
    assert (at.manifest, at.signed, at.stage.name) == (OTHER.digest, (), STAGES[0])


def test_two_editors_at_once_are_two_versions(works: OfficeApp, case: int) -> None:
    one, two = replace(TEXT, text="甲稿"), replace(TEXT, text="乙稿")
    ended = at_once([lambda: draft(works, case, one), lambda: draft(works, case, two, by="archivist")])
    assert ended == {"kept": 2}
    assert standing(works, case).writers == {"clerk", "archivist"}


def test_a_return_and_a_signature_at_once_are_one_of_them(works: OfficeApp, case: int) -> None:
    works = reviewers(works, 2, "any")

    def back() -> None:
        with sitting(works, "reviewer_1") as desk:
            desk.send_back(case, "reviewer_1", TEXT.digest, "请改")

    ended = at_once([lambda: sign(works, case, 0), back])
    # Whoever comes second finds the text with its writer, or at a stage that is not theirs.
    assert ended in ({"kept": 1, "NothingLaid": 1}, {"kept": 1, "NotYours": 1})
    assert length(works) == 3
