"""Whom nobody reaches is said before the month begins, to the clerk, once; and rungs that reach nobody climb."""

from datetime import date, timedelta

from scheduler.reminders.recipients import RecipientResolver, superiors
from scheduler.sweep.roster_check import unknown_ladders, unreachable_holders, unreachable_lookup
from storage.events.delegations import Absences
from storage.messaging.sessions import SessionStore
from tests.scheduler.reminders.town import rows, swept, through, town
from tests.village_items import hand_in

REACHED = ("clerk", "office_director", "office_deputy", "deputy_mayor", "mayor", "secrecy_officer")


def lost_in(app):
    return tuple(
        one.id
        for one in app.office.people
        if one.id not in REACHED and not one.id.startswith(("jia_", "yi_", "bing_", "ding_", "wu_"))
    )


def test_the_clerk_hears_in_the_last_days_of_a_month_whom_the_next_one_cannot_reach(home):
    app = town(home, date(2026, 11, 2), months=True)
    through(app, date(2026, 11, 20), date(2026, 11, 23), lost_in(app))
    assert [row for row in rows(app) if row.notice.what == "roster"] == []
    through(app, date(2026, 11, 24), date(2026, 11, 27), lost_in(app))
    found = [row.notice for row in rows(app) if row.notice.what == "roster"]
    assert [(one.person, one.basis, one.rung) for one in found] == [
        ("clerk", "ji_reporter", "2026-12"),
        ("clerk", "ji_leader", "2026-12"),
    ]


def test_whoever_is_signed_in_or_has_an_account_is_reached(app):
    now, office = app.clock.now(), app.office.slug
    with app.store.writing(office) as connection:
        people = SessionStore(connection, office)
        people.open_session(people.invite("clerk", at=now, lasts=timedelta(hours=1)), at=now)
        lost = unreachable_lookup(app.office)(connection, now)
        later = unreachable_lookup(app.office)(connection, now + timedelta(days=31))
    assert {one.id for one in app.office.people} - lost == {"clerk"}
    assert later == {one.id for one in app.office.people}


def test_only_those_are_missed_on_whom_something_relies(app):
    roster = RecipientResolver(
        office=app.office,
        absences=Absences(),
        day=app.today,
        unreachable=frozenset({"secretary", "publicity_member", "secrecy_officer"}),
    )
    assert [one.person for one in unreachable_holders(app.duties, roster)] == ["secrecy_officer"]


def test_the_next_level_above_is_never_the_person_nor_below(app):
    heads = {person.id: superiors(app.office, person.id) for person in app.office.people}
    assert heads["jia_reporter"] == ("jia_leader",)
    assert heads["jia_leader"] == ("office_director",)
    assert heads["clerk"] == ("office_deputy",)
    assert heads["office_deputy"] == ("office_director",)
    assert heads["office_director"] == ("deputy_mayor",)
    assert heads["deputy_mayor"] == ("mayor",)
    assert heads["mayor"] == ()


def test_a_ladder_for_nothing_is_named(home):
    from dataclasses import replace

    app = town(home, date(2026, 11, 2))
    office = replace(app.office, ladders={"request": "0 holder", "sign": "0 holder", "requests": "0 holder"})
    assert unknown_ladders(office, app.duties) == ["requests"]


def test_a_late_village_climbs_to_its_leader_and_the_clerk_and_no_other_village_hears(home):
    app = town(home, date(2026, 11, 2), months=True)
    swept(app)
    for village in app.office.villages:
        if village.id != "bing":
            for title in ("公告", "公告二"):
                hand_in(app, village.id, date(2026, 11, 2), title, by=village.reporter, means="message")
    through(app, date(2026, 11, 3), date(2026, 11, 30))
    heard = {}
    for row in rows(app):
        if row.state == "sent":
            heard.setdefault(row.notice.rung, set()).add(row.notice.person)
    assert heard == {
        "-5": {"bing_reporter"},
        "-2": {"bing_reporter"},
        "0": {"bing_reporter"},
        "+1": {"bing_reporter", "bing_leader"},
        "+2": {"bing_leader", "clerk"},
    }
