"""Coming in: a link works once and not for ever, and what it opens can be closed again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.services.app import OfficeApp, open_app
from storage.database.tables import BrowserSession, Invitation
from storage.messaging.sessions import (
    MAX_LINK_LIFETIME,
    MIN_LINK_LIFETIME,
    SESSION_LIFETIME,
    LinkTime,
    LinkUsed,
    SessionStore,
)
from tests.bot.channels.web.visitor import Visitor


def test_a_link_lets_one_person_in_once(app: OfficeApp) -> None:
    first, second = Visitor(app), Visitor(app)
    link = f"/join/{first.invite('clerk')}"
    assert "党政办文书" in first.go(link)
    assert first.client.post(link).status_code == 303
    assert "待办" in first.go("/")
    assert "已经用过" in second.go(link, 422)
    assert second.client.post(link).status_code == 422
    second.go("/", 401)


def test_looking_at_a_link_does_not_use_it_up(app: OfficeApp) -> None:
    visitor = Visitor(app)
    link = f"/join/{visitor.invite('clerk')}"
    for _ in range(3):  # a chat program draws its preview
        visitor.go(link)
    assert visitor.client.post(link).status_code == 303


def test_a_link_runs_out(app: OfficeApp) -> None:
    visitor = Visitor(app)
    link = f"/join/{visitor.invite('clerk', MIN_LINK_LIFETIME)}"
    app.clock.move(MIN_LINK_LIFETIME - timedelta(seconds=1))
    visitor.go(link)
    app.clock.move(timedelta(seconds=1))
    assert "过期" in visitor.go(link, 422)
    assert visitor.client.post(link).status_code == 422
    visitor.go("/", 401)


@pytest.mark.parametrize(
    "lasts", [MIN_LINK_LIFETIME - timedelta(seconds=1), MAX_LINK_LIFETIME + timedelta(seconds=1)]
)
def test_a_link_lasts_neither_too_short_nor_too_long(app: OfficeApp, lasts: timedelta) -> None:
    with pytest.raises(LinkTime):
        Visitor(app).invite("clerk", lasts)


def test_two_at_once_cannot_both_use_a_link(app: OfficeApp) -> None:
    token = Visitor(app).invite("clerk")
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        people.open_session(token, at=app.clock.now())
        with pytest.raises(LinkUsed):
            people.open_session(token, at=app.clock.now())


def test_a_session_lives_while_it_is_used_and_ends_after_long_idleness(
    app: OfficeApp, clerk: Visitor
) -> None:
    for _ in range(6):
        app.clock.move(SESSION_LIFETIME - timedelta(seconds=1))
        clerk.go("/")
        assert f"Max-Age={int(SESSION_LIFETIME.total_seconds())}" in clerk.shown.headers["set-cookie"]
    app.clock.move(timedelta(hours=23))
    clerk.go("/")
    assert "set-cookie" not in clerk.shown.headers  # looking costs a write once a day at most
    app.clock.move(SESSION_LIFETIME - timedelta(hours=23))
    clerk.go("/", 401)


def test_nothing_revives_a_session_that_was_ended(app: OfficeApp, clerk: Visitor) -> None:
    app.clock.move(timedelta(days=2))
    clerk.go("/")
    clerk.send("/leave")
    app.clock.move(timedelta(days=2))
    clerk.go("/", 401)


def test_whoever_is_removed_is_out_at_once(app: OfficeApp, clerk: Visitor) -> None:
    waiting = clerk.invite("clerk")
    with app.store.writing(app.office.slug) as connection:
        assert SessionStore(connection, app.office.slug).remove("clerk") == 1
    clerk.go("/", 401)
    assert "已经用过" in clerk.go(f"/join/{waiting}", 422)


def test_leaving_ends_the_session_and_not_only_the_cookie(clerk: Visitor) -> None:
    cookie = clerk.client.cookies["gongkai_session"]
    token = re.search(r'name="token" value="([^"]+)"', clerk.go("/"))[1]
    answer = clerk.client.post("/leave", data={"token": token})
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    clerk.go("/", 401)
    clerk.client.cookies.set("gongkai_session", cookie)
    clerk.go("/", 401)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: OfficeApp) -> None:
    visitor = Visitor(app)
    answer = visitor.client.post(f"/join/{visitor.invite('clerk')}")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"max-age={int(SESSION_LIFETIME.total_seconds())}" in cookie


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: "x" + text, lambda _: "", lambda _: "a.b"]
)
def test_a_forged_cookie_is_nobody(clerk: Visitor, change) -> None:
    good = clerk.client.cookies["gongkai_session"]
    clerk.client.cookies.clear()
    clerk.client.cookies.set("gongkai_session", change(good))
    clerk.go("/", 401)


def test_the_database_holds_neither_tokens_nor_session_secrets(app: OfficeApp, clerk: Visitor) -> None:
    token = clerk.invite("clerk")
    secret = clerk.client.cookies["gongkai_session"].partition(".")[0]
    with app.store.reading() as connection:
        rows = [*connection.execute(select(Invitation)), *connection.execute(select(BrowserSession))]
    kept = repr(rows)
    assert len(rows) == 3
    assert token not in kept
    assert secret not in kept
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)  # 128 bits


def test_the_key_is_for_its_owner_alone_and_stays(app: OfficeApp) -> None:
    first = app.home.secret()
    assert (app.home.path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert app.home.secret() == first
    assert len(first) == 64


def test_a_post_that_left_the_office_file_is_nobody(app: OfficeApp, clerk: Visitor) -> None:
    text = app.home.office_file.read_text("utf-8").replace('id = "clerk"', 'id = "scribe"')
    app.home.office_file.write_text(text.replace('owner = "clerk"', 'owner = "scribe"'), "utf-8")
    later = Visitor(open_app(app.home.path, clock=app.clock))
    later.client.cookies.set("gongkai_session", clerk.client.cookies["gongkai_session"])
    clerk.go("/")
    later.go("/", 401)
