"""One town for all the sayings: each is undone after it was heard."""

from collections.abc import Iterator

import pytest

from tests.bot.dispatch.utterances.stage import Stage, open_stage, without_buttons


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("sayings")) as opened:
        yield opened


@pytest.fixture(scope="session")
def words_only(stage: Stage) -> Stage:
    """The same town on a channel that carries nothing but words."""
    return without_buttons(stage)
