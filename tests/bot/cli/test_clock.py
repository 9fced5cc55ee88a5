"""Commands read the clock that was handed to them, and never the machine's."""

from datetime import date, timedelta

import pytest

DAYS = [date(2019, 5, 6), date(2026, 12, 31), date(2027, 1, 1), date(2041, 2, 28)]


@pytest.mark.parametrize("day", DAYS)
def test_an_office_is_opened_on_the_day_of_the_clock(gongkai, clock, day):
    clock.set_day(day)
    assert day.isoformat() in gongkai("doctor").out


def test_what_is_recorded_bears_the_instant_of_the_clock(gongkai, app, clock):
    clock.set_day(date(2041, 2, 28))
    assert (
        gongkai("activity", "add", "training", "--title", "培训", "--on", "2041-02-28", "--reached", 5).code
        == 0
    )
    with app.log() as log:
        assert [entry.recorded_at for entry in log.read()] == [clock.now()]
    clock.move(timedelta(days=-1))
    assert (
        gongkai("activity", "add", "training", "--title", "培训", "--on", "2041-02-28", "--reached", 5).code
        == 1
    )


@pytest.mark.parametrize(("day", "code"), [(date(2020, 12, 31), 1), (date(2026, 11, 23), 0)])
def test_a_fee_without_a_day_is_that_of_the_clock_s_day(gongkai, clock, day, code):
    clock.set_day(day)
    assert gongkai("fee", "--items", 11).code == code
