"""Handed on twice on one day, a case is with whom it went to last."""

import pytest

from tests.scheduler.signoff.town import DAY, open_text, waiting
from tests.town import transaction


@pytest.mark.parametrize("to", [("archivist", "office_deputy"), ("office_deputy", "archivist")])
def test_of_two_hands_on_one_day_the_last_holds(app, to):
    case = open_text(app)
    for person in to:
        with transaction(app) as uow:
            uow.cases.step(case, "handed_on", DAY, {"to": person})
    assert waiting(app, case)[0][1] == (to[-1],)
