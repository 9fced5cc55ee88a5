"""Whom nobody reaches is said before the month begins, to the clerk, once; and rungs that reach nobody climb."""

from datetime import date, timedelta

from scheduler.reminders.recipients import RecipientResolver, superiors
from scheduler.sweep.roster_check import unknown_ladders, unreachable_holders, unreachable_lookup
from storage.events.delegations import Absences
from storage.messaging.sessions import SessionStore
from tests.scheduler.reminders.town import rows, swept, through, town

REACHED = ("clerk", "office_director", "office_deputy", "deputy_mayor", "mayor", "secrecy_officer")


def lost_in(works):
    return tuple(
        one.id
        for one in works.office.people
        if one.id not in REACHED and not one.id.startswith(("jia_", "yi_", "bing_", "ding_", "wu_"))
    )


def test_the_clerk_hears_in_the_last_days_of_a_month_whom_the_next_one_cannot_reach(home):
    works = town(home, date(2026, 11, 2), months=True)
    through(works, date(2026, 11, 20), date(2026, 11, 23), lost_in(works))
    assert [row for row in rows(works) if row.notice.what == "roster"] == []
    through(works, date(2026, 11, 24), date(2026, 11, 27), lost_in(works))
    found = [row.notice for row in rows(works) if row.notice.what == "roster"]
    assert [(one.person, one.basis, one.rung) for one in found] == [
        ("clerk", "ji_reporter", "2026-12"),
        ("clerk", "ji_leader", "2026-12"),
    ]


def test_whoever_is_signed_in_or_has_an_account_is_reached(works):
    now, office = works.clock.now(), works.office.slug
    with works.store.writing(office) as connection:
        people = SessionStore(connection, office)
        people.open_session(people.invite("clerk", at=now, lasts=timedelta(hours=1)), at=now)
        lost = unreachable_lookup(works.office)(connection, now)
        later = unreachable_lookup(works.office)(connection, now + timedelta(days=31))
    assert {one.id for one in works.office.people} - lost == {"clerk"}
    assert later == {one.id for one in works.office.people}


def test_only_those_are_missed_on_whom_something_relies(works):
    roster = RecipientResolver(
        office=works.office,
        absences=Absences(),
        day=works.today,
        unreachable=frozenset({"secretary", "publicity_member", "secrecy_officer"}),
    )
    assert [one.person for one in unreachable_holders(works.duties, roster)] == ["secrecy_officer"]


def test_the_next_level_above_is_never_the_person_nor_below(works):
    heads = {person.id: superiors(works.office, person.id) for person in works.office.people}
    assert heads["jia_reporter"] == ("jia_leader",)
    assert heads["jia_leader"] == ("office_director",)
    assert heads["clerk"] == ("office_deputy",)
    assert heads["office_deputy"] == ("office_director",)
    assert heads["office_director"] == ("deputy_mayor",)
    assert heads["deputy_mayor"] == ("mayor",)
    assert heads["mayor"] == ()


def test_a_ladder_for_nothing_is_named(home):
    from dataclasses import replace

    works = town(home, date(2026, 11, 2))
    office = replace(
        works.office, ladders={"request": "0 holder", "sign": "0 holder", "requests": "0 holder"}
    )
    assert unknown_ladders(office, works.duties) == ["requests"]


def test_a_late_village_climbs_to_its_leader_and_the_clerk_and_no_other_village_hears(home):
    works = town(home, date(2026, 11, 2), months=True)
    swept(works)
    with works.store.reading() as connection:
        from storage.eventlog.projections import CaseProjections

        cases = CaseProjections(connection, works.office.slug, works.duties).find(
            "village_report", [f"2026-11/{village.id}" for village in works.office.villages]
        )
    late = cases["2026-11/bing"]
    with works.recorder.transaction(actor="jia_reporter", means="test") as desk:
        for number in cases.values():
            if number != late:
                desk.step(number, "submitted", date(2026, 11, 2), {"title": "公告", "items": 2})
    through(works, date(2026, 11, 3), date(2026, 11, 30))
    heard = {}
    for row in rows(works):
        if row.state == "sent":
            heard.setdefault(row.notice.rung, set()).add(row.notice.person)
    assert heard == {
        "-5": {"bing_reporter"},
        "-2": {"bing_reporter"},
        "0": {"bing_reporter"},
        "+1": {"bing_reporter", "bing_leader"},
        "+2": {"bing_leader", "clerk"},
    }
