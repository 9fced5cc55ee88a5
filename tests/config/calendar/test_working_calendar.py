"""The calendar's own workings: how far it is laid out, and that it is laid out once."""

from datetime import date

import pytest

from config import shipped_data
from config.calendar.holiday_notices import MOST_DAYS_OFF, shipped_calendar
from config.calendar.working_calendar import SATURDAY, Calendar

CALENDAR = shipped_calendar(shipped_data.load_holiday_notices())


def test_a_far_date_is_laid_out_once(monkeypatch):
    laid_out = []
    build = Calendar._build_workday_span

    def counted(calendar, first, last):
        laid_out.append((first, last))
        return build(calendar, first, last)

    monkeypatch.setattr(Calendar, "_build_workday_span", counted)
    calendar = shipped_calendar(shipped_data.load_holiday_notices())
    far = date(2061, 6, 1)
    assert calendar.nth_after(far, 3) == calendar.nth_after(far, 3)
    assert calendar.count(far, date(2061, 6, 30)) == calendar.count(far, date(2061, 6, 30))
    assert len(laid_out) == 2  # the known years at first use, and the wider span once


@pytest.mark.parametrize("notice", CALENDAR.notices.values(), ids=lambda notice: str(notice.year))
def test_no_notice_lengthens_a_term_by_more_than_is_allowed_for(notice):
    """A set date counts as certain before its year's notice is out, because no notice so far has moved more."""
    lost = [(day, 1) for day in notice.off if day.weekday() < SATURDAY] + [(day, -1) for day in notice.work]
    most = longest = 0
    for _day, by in sorted(lost):
        most = max(0, most + by)
        longest = max(longest, most)
    assert 0 < longest <= MOST_DAYS_OFF
