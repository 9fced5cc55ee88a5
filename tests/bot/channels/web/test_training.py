"""The practice town: any post to act as, and a clock whose button lets everything happen that is due."""

from pathlib import Path

import pytest

from bot.channels.web.request.request import TrainingMode
from bot.channels.web.request.security import TokenSigner
from bot.channels.web.server import create_web_app
from bot.runtime.training_town import NotATrainingTown, open_training_town, run_due_jobs
from config.clock import OFFICE_ZONE
from tests.bot.channels.web.visitor import ADDRESS, TestClient, Visitor


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory):
    office_app, clock = open_training_town(tmp_path_factory.mktemp("practice") / "town")
    visitor = Visitor(office_app)
    training = TrainingMode(clock=clock, on_clock_moved=lambda: run_due_jobs(office_app))
    app = create_web_app(office_app, training=training)
    visitor.client = TestClient(app, base_url=ADDRESS, follow_redirects=False)
    return visitor


def _as(visitor: Visitor, person: str) -> None:
    assert visitor.client.post("/posts", data={"person": person}).status_code == 303


def test_every_post_can_be_acted_as_and_every_page_says_it_is_practice(practised: Visitor) -> None:
    assert "党政办文书" in practised.go("/posts")
    _as(practised, "secrecy_officer")
    for path in ("/", "/texts", "/dates", "/months/2026-11"):
        assert "时钟是手拨的" in practised.go(path)
    assert "关于做好冬季森林防火工作的通知" in practised.go("/")
    _as(practised, "jia_reporter")
    assert "甲村" in practised.go("/")


def test_moving_the_clock_sweeps_and_says_what_is_due(practised: Visitor) -> None:
    office_app = practised.app
    _as(practised, "jia_reporter")
    practised.go("/chat")
    said = practised.shown.text.count('class="theirs"')
    for _ in range(18):
        practised.go("/")
        token = practised.forms()["/clock"].fields["token"]
        assert practised.client.post("/clock", data={"token": token, "to": "morning"}).status_code == 303
    at = office_app.clock.now().astimezone(OFFICE_ZONE)
    assert (at.hour, at.minute) == (8, 30)
    practised.go("/chat")
    assert practised.shown.text.count('class="theirs"') > said  # the ladder spoke on the page
    assert "甲村" in practised.text


def test_a_town_that_was_left_goes_on_where_it_stood(practised: Visitor) -> None:
    path: Path = practised.app.home.path
    office_app, clock = open_training_town(path)
    assert clock.now() == practised.app.clock.now()
    assert TokenSigner(office_app.home.secret()) == TokenSigner(practised.app.home.secret())


def test_a_real_office_is_not_opened_for_training(home: Path) -> None:
    before = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    with pytest.raises(NotATrainingTown):
        open_training_town(home)
    assert {file: file.read_bytes() for file in home.rglob("*") if file.is_file()} == before
