"""The calendar's own workings: how far it is laid out, and that it is laid out once."""

from datetime import date

from config import shipped_data
from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar


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
