"""Two at once, and one button pressed fifty times: one event for each decision, and nothing that nobody saw."""

from dataclasses import replace

import pytest

from bot.services.app import OfficeApp
from config.office.model import Stage
from tests.scheduler.signoff.model.racing import at_once, interleave
from tests.scheduler.signoff.town import OTHER, STAGES, TEXT, draft, sign, state_of_text
from tests.town import log_end, transaction, with_office


@pytest.fixture
def case(app: OfficeApp, case: int) -> int:
    draft(app, case)
    return case


def reviewers(app: OfficeApp, count: int, rule: str) -> OfficeApp:
    """An office with so many secrecy reviewers."""
    model = app.office.person("secrecy_officer")
    more = tuple(replace(model, id=f"reviewer_{place}", deputies=()) for place in range(1, count))
    chain = app.office.chain("publication")
    first: Stage = replace(chain.stages[0], rule=rule)
    chains = [replace(chain, stages=(first, *chain.stages[1:]))]
    chains += [one for one in app.office.chains if one.kind != "publication"]
    return with_office(app, replace(app.office, people=app.office.people + more, chains=tuple(chains)))


def test_edits_and_signatures_in_any_order(app: OfficeApp) -> None:
    raced = interleave(app, 30, seed=20_261_123)
    assert raced.wrong == ()
    assert (raced.kept + raced.refused >= 200, raced.refused > 60, raced.out > 0) == (True, True, True)
    with app.log() as log:
        assert list(log.verify()) == []


def test_fifty_taps_are_one_signature(app: OfficeApp, case: int) -> None:
    ended = at_once([lambda: sign(app, case, 0)] * 50)
    assert ended == {"kept": 1, "NothingToSign": 49}
    assert log_end(app) == 3


def test_two_reviewers_at_once_are_one_decision_where_one_is_enough(app: OfficeApp, case: int) -> None:
    app = reviewers(app, 2, "any")
    ended = at_once([lambda: sign(app, case, 0), lambda: sign(app, case, 0, by="reviewer_1")])
    assert ended == {"kept": 1, "NothingToSign": 1}
    assert log_end(app) == 3


def test_where_all_sign_all_at_once_the_stage_is_done(app: OfficeApp, case: int) -> None:
    app = reviewers(app, 4, "all")
    names = ["secrecy_officer", *(f"reviewer_{place}" for place in range(1, 4))]
    taps = [lambda who=who: sign(app, case, 0, by=who) for who in names for _ in "12"]
    ended = at_once(taps)
    assert ended["kept"] == 4
    assert state_of_text(app, case).stage.name == STAGES[1]
    assert log_end(app) == 6


def test_a_signature_and_an_edit_at_once_leave_nothing_stale(app: OfficeApp, case: int) -> None:
    ended = at_once([lambda: sign(app, case, 0), lambda: draft(app, case, OTHER)])
    assert ended["kept"] in {1, 2}
    at = state_of_text(app, case)
    assert (at.manifest, at.signed, at.stage.name) == (OTHER.digest, (), STAGES[0])


def test_two_editors_at_once_are_two_versions(app: OfficeApp, case: int) -> None:
    one, two = replace(TEXT, text="甲稿"), replace(TEXT, text="乙稿")
    ended = at_once([lambda: draft(app, case, one), lambda: draft(app, case, two, by="archivist")])
    assert ended == {"kept": 2}
    assert state_of_text(app, case).writers == {"clerk", "archivist"}


def test_a_return_and_a_signature_at_once_are_one_of_them(app: OfficeApp, case: int) -> None:
    app = reviewers(app, 2, "any")

    def back() -> None:
        with transaction(app, "reviewer_1") as uow:
            uow.signoff.send_back(case, "reviewer_1", TEXT.digest, "请改")

    ended = at_once([lambda: sign(app, case, 0), back])
    # Whoever comes second finds the text with its writer, or at a stage that is not theirs.
    assert ended in ({"kept": 1, "BackWithWriter": 1}, {"kept": 1, "NotYours": 1})
    assert log_end(app) == 3
