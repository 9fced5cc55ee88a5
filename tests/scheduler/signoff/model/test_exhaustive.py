"""The rules let no text out that three others have not signed, whatever four people try; and each guard is needed.

`make proof` goes to depth 7; here a sample.
"""

import pytest

from tests.scheduler.signoff.model.guards import DEEP, GUARDS, noticed
from tests.scheduler.signoff.model.small_model import WORLDS, Search


@pytest.mark.parametrize(("world", "depth"), [("each", 3), ("all", 4)])
def test_nothing_wrong_is_let_through_in_the_small_world(world: str, depth: int) -> None:
    found = Search(world).run(depth)
    assert (found.wrong, found.path) == ("", ())
    assert found.states > 200


def test_a_text_can_go_out_at_all() -> None:
    assert Search("all").run(4).out > 0
    assert len(WORLDS) == 2


@pytest.mark.parametrize("guard", sorted(set(GUARDS) - {DEEP}))
def test_the_search_notices_when_a_guard_is_gone(guard: str) -> None:
    assert noticed(guard, 4).wrong
