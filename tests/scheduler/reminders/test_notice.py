"""Next year's notice on days off is asked for from 1 November until it is entered, and then never again."""

from datetime import date

from tests.scheduler.reminders.town import act, by_day, rows, swept, through, town

NOTICE_2027 = {
    "year": 2027,
    "number": "国办发明电〔2026〕0号",
    "holiday": [{"name": "元旦", "off": ["2027-01-01", "2027-01-02", "2027-01-03"]}],
}


def asked(home, day):
    return town(home, day, kinds=("calendar_notice",))


def test_nobody_is_asked_before_november(home):
    app = asked(home, date(2026, 10, 31))
    through(app, date(2026, 10, 20), date(2026, 10, 31))
    assert rows(app) == []


def test_the_clerk_is_asked_once_a_month_until_it_is_entered(home):
    app = asked(home, date(2026, 11, 1))
    through(app, date(2026, 11, 1), date(2026, 12, 18))
    app.clock.set_day(date(2026, 12, 21), 14)
    act(app, "clerk", lambda uow: uow.office.enter_notice(NOTICE_2027))
    found = swept(app)
    assert [(deed.what, deed.reference, deed.outcome) for deed in found.actions] == [
        ("closed", "2027", "entered")
    ]
    for day in (date(2026, 12, 31), date(2027, 1, 5), date(2027, 2, 20)):
        through(app, day, day)
    assert by_day(app) == {
        "11-17": {"clerk": "-32"},
        "12-16": {"clerk": "-11", "office_director": "-11"},
    }


def test_unentered_it_reaches_the_office_s_head_and_the_leader_and_closes_never(home):
    app = asked(home, date(2026, 11, 1))
    through(app, date(2026, 11, 16), date(2027, 2, 1))
    heard = by_day(app)
    assert heard["12-16"] == {"clerk": "-11", "office_director": "-11"}
    assert heard["01-14"] == {"clerk": "+10", "office_director": "+10", "deputy_mayor": "+10"}
    months = [day[:2] for day in heard]
    assert len(months) == len(set(months))  # once a month
    assert {day for day, people in heard.items() if "mayor" in people} == set()
    assert [deed for deed in swept(app).actions if deed.what == "closed"] == []


def test_an_office_that_begins_in_december_is_asked_at_once_and_once(home):
    app = asked(home, date(2026, 12, 8))
    swept(app)
    swept(app)
    assert [row.notice.person for row in rows(app)] == ["clerk"]


def test_a_year_that_is_known_is_not_asked_for(home):
    app = asked(home, date(2025, 11, 5))
    assert swept(app).actions == ()
