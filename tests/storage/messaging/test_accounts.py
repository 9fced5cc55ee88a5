"""An address is one person's; whoever loses one is told; a group is one office's."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.messaging.accounts import (
    Accounts,
    AddressState,
    ChatGroups,
    PlaceTaken,
    memberships,
    office_of_group,
)

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def accounts(both_apps):
    with both_apps.store.writing("town") as connection:
        yield Accounts(connection, "town")


def where(found):
    return [(one.channel, one.address) for one in found]


def test_a_new_account_replaces_nobody(accounts):
    assert accounts.bind("clerk", "telegram", "7", at=NOW) == ()
    assert where(accounts.reachable("clerk")) == [("telegram", "7")]


def test_an_address_that_changes_hands_tells_its_old_person(accounts):
    accounts.bind("clerk", "telegram", "7", at=NOW)
    replaced = accounts.bind("office_director", "telegram", "7", at=LATER)
    assert [(one.person, one.address) for one in replaced] == [("clerk", "7")]
    assert accounts.reachable("clerk") == []


def test_a_person_who_joins_anew_is_told_at_the_old_place(accounts):
    accounts.bind("clerk", "telegram", "7", at=NOW)
    replaced = accounts.bind("clerk", "telegram", "8", at=LATER)
    assert where(replaced) == [("telegram", "7")]
    assert where(accounts.of_person("clerk")) == [("telegram", "8")]


def test_joining_twice_replaces_nothing(accounts):
    accounts.bind("clerk", "telegram", "7", at=NOW)
    assert accounts.bind("clerk", "telegram", "7", at=LATER) == ()


def test_the_office_says_which_way_comes_first(accounts):
    accounts.bind("clerk", "telegram", "7", at=NOW)
    accounts.bind("clerk", "console", "c", at=LATER)
    assert where(accounts.reachable("clerk")) == [("console", "c"), ("telegram", "7")]
    assert where(accounts.reachable("clerk", ["telegram"])) == [("telegram", "7"), ("console", "c")]


def test_a_blocked_account_is_seen_and_not_used(accounts):
    accounts.bind("clerk", "telegram", "7", at=NOW)
    assert accounts.mark("telegram", "7", AddressState.BLOCKED, at=LATER, why="blocked") is True
    assert accounts.mark("telegram", "7", AddressState.BLOCKED, at=LATER, why="blocked") is False
    assert accounts.reachable("clerk") == []
    assert where(accounts.unreachable()) == [("telegram", "7")]


def test_an_account_keeps_who_confirmed_it_and_at_which_entry_it_joined(accounts):
    accounts.bind("office_director", "telegram", "9", at=NOW, joined=4)
    assert accounts.at("telegram", "9").confirmed_by == ""
    accounts.confirm("telegram", "9", "clerk")
    found = accounts.at("telegram", "9")
    assert (found.joined, found.confirmed_by) == (4, "clerk")


def test_an_office_knows_whether_anybody_joined_and_who_was_first(accounts):
    county = Accounts(accounts.connection, "county")
    assert (accounts.any_bound(), accounts.first_joined()) == (False, 0)
    accounts.bind("archivist", "telegram", "6", at=NOW)
    assert (accounts.any_bound(), accounts.first_joined()) == (True, 0)
    accounts.bind("clerk", "telegram", "7", at=NOW, joined=9)
    accounts.bind("office_director", "telegram", "8", at=NOW, joined=4)
    assert (accounts.any_bound(), accounts.first_joined()) == (True, 4)
    assert (county.any_bound(), county.first_joined()) == (False, 0)


def test_offices_that_share_a_bot_do_not_see_each_other(accounts):
    county = Accounts(accounts.connection, "county")
    accounts.bind("clerk", "telegram", "7", at=NOW)
    assert county.bind("clerk", "telegram", "7", at=NOW) == ()
    found = memberships(accounts.connection, "telegram", "7")
    assert [(one.office, one.person, one.chosen_at) for one in found] == [
        ("county", "clerk", None),
        ("town", "clerk", None),
    ]
    county.choose("telegram", "7", at=LATER)
    found = memberships(accounts.connection, "telegram", "7")
    assert [one.chosen_at for one in found] == [LATER, None]
    county.unbind("telegram", "7")
    assert where(accounts.of_person("clerk")) == [("telegram", "7")]


def test_a_group_is_one_offices(accounts):
    town, county = ChatGroups(accounts.connection, "town"), ChatGroups(accounts.connection, "county")
    town.claim("telegram", "-5", "信息员群", at=NOW)
    town.claim("telegram", "-5", "信息员群（新）", at=LATER)
    with pytest.raises(PlaceTaken):
        county.claim("telegram", "-5", "信息员群", at=NOW)
    assert [place.title for place in town.all()] == ["信息员群（新）"]
    assert county.all() == []
    town.mark("telegram", "-5", AddressState.LEFT, at=LATER, why="left")
    county.claim("telegram", "-5", "信息员群", at=NOW)
    assert office_of_group(accounts.connection, "telegram", "-5") == "county"
    assert town.all() == []


def test_a_group_that_moves_stays_the_same_offices(accounts):
    places = ChatGroups(accounts.connection, "town")
    places.claim("telegram", "-5", "信息员群", at=NOW)
    places.mark("telegram", "-5", AddressState.MOVED, at=NOW, why="moved")
    for _ in range(2):  # the old group says it, and the new one
        places.change_address("telegram", "-5", "-1005", at=LATER)
    assert [(place.address, place.state) for place in places.all()] == [("-1005", AddressState.OK)]


def test_the_channel_heard_last_is_used_first_and_the_one_set_before_it(app):
    at, hour = app.clock.now(), timedelta(hours=1)
    with app.store.writing(app.office.slug) as connection:
        accounts = Accounts(connection, app.office.slug)

        def order() -> list[str]:
            return [one.channel for one in accounts.reachable("clerk")]

        accounts.bind("clerk", "wecom_bot", "wang", at=at)
        accounts.bind("clerk", "telegram", "7", at=at + hour)
        assert order() == ["telegram", "wecom_bot"]
        accounts.mark_heard(accounts.at("wecom_bot", "wang"), "wecom_bot", "wang", at=at + 2 * hour)
        assert order() == ["wecom_bot", "telegram"]
        accounts.prefer("clerk", "telegram")
        assert order() == ["telegram", "wecom_bot"]
        accounts.prefer("clerk", "")
        assert order() == ["wecom_bot", "telegram"]
