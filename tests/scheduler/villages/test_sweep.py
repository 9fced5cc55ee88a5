"""The sweep alone: what it leaves to people, what stops nobody else, and what a month keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from bot.cli.reports.village_months import list_village_months
from bot.services.app import open_app
from config import shipped_data
from config.reporting.scoring_schemes import UnknownScheme
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep import sweep as tick
from scheduler.sweep.sweep import sweep
from storage.eventlog.projections import CaseProjections

NOVEMBER = date(2026, 11, 1)
OVER = date(2026, 11, 28)


def swept(works, day=None):
    if day:
        works.clock.set_day(day)
    return sweep(works.recorder, works.schemes())


def did(found):
    return sorted((deed.what, deed.reference, deed.outcome) for deed in found.actions)


def edited(works, find, write):
    file = works.home.office_file
    text = file.read_text("utf-8")
    assert find in text
    file.write_text(text.replace(find, write), "utf-8")
    return open_app(works.home.path, clock=works.clock)


def number(works, village, month="2026-11"):
    with works.log() as log:
        reference = f"{month}/{village}"
        return CaseProjections(log.connection, log.office, works.duties).find("village_report", [reference])[
            reference
        ]


def month_of(works, village, first=NOVEMBER):
    return next(kept.month for kept in list_village_months(works, first) if kept.month.village == village)


def clerk(works, act):
    with works.recorder.transaction(actor="clerk", means="test") as sitting:
        act(sitting)
        return sitting


def reported(works, village, day, **facts):
    at = number(works, village)
    clerk(works, lambda desk: desk.step(at, "submitted", day, {"title": "公告", **facts}))


def end(works):
    with works.log() as log:
        return log.end().position


def test_an_office_without_months_owes_none(works):
    text = works.home.office_file.read_text("utf-8")
    start, stop = text.index("[months]"), text.index("# ── 县里自定的日期")
    without = edited(works, text[start:stop], "")
    assert (without.office.months, did(swept(without)), end(without)) == (None, [], 0)


def test_the_first_sweep_ever_opens_this_month_and_no_earlier_one(works):
    assert {reference for _, reference, _ in did(swept(works))} == {
        f"2026-11/{village.id}" for village in works.office.villages
    }


def test_a_month_keeps_what_it_was_opened_with(works):
    swept(works)
    changed = edited(works, "minimum = 2", "minimum = 5")
    changed = edited(changed, 'scheme = "zhonglou"', 'scheme = "forty_items"')
    changed = edited(changed, "due_number = 25", "due_number = 10")
    swept(changed, date(2026, 12, 2))
    november, december = month_of(changed, "jia"), month_of(changed, "jia", date(2026, 12, 1))
    assert (november.scheme, november.minimum, november.due.day) == ("zhonglou", 2, 25)
    assert (december.scheme, december.minimum, december.due.day) == ("forty_items", 5, 10)


def test_a_village_added_in_the_month_is_opened_with_the_month_where_it_was_there(works):
    edited_ = edited(works, 'id = "ji"', 'id = "xin"')
    swept(works)
    assert did(swept(edited_)) == [("opened", "2026-11/xin", "")]


def test_a_month_that_was_struck_out_is_not_opened_again(works):
    swept(works)
    place = month_of(works, "jia").case.timeline[0][0]
    clerk(works, lambda desk: desk.amend(place, "该村本月不报"))
    assert did(swept(works)) == []
    assert "2026-11/jia" not in {reference for _, reference, _ in did(swept(works, OVER))}


def test_a_month_a_person_opened_is_not_opened_twice(works):
    facts = {"village": "jia", "month": "2026-11", "due_rule": "day", "due_number": 25}
    clerk(works, lambda desk: desk.open("village_report", "2026-11/jia", NOVEMBER, facts))
    assert len(did(swept(works))) == 5
    assert ("closed", "2026-11/jia", "not_reported") in did(swept(works, OVER))


def test_a_close_by_a_person_is_left_alone(works):
    swept(works)
    at = number(works, "jia")
    clerk(works, lambda desk: desk.close(at, "not_reported", date(2026, 11, 23)))
    reported(works, "jia", date(2026, 11, 20))
    assert "2026-11/jia" not in {reference for _, reference, _ in did(swept(works, OVER))}
    assert month_of(works, "jia").closing.happened_on == date(2026, 11, 23)


def test_what_a_person_put_right_stays_as_they_put_it(works):
    swept(works)
    swept(works, OVER)
    closing = month_of(works, "jia").case.entries[-1]
    right = type(closing.record)(
        case=closing.record.case, happened_on=closing.record.happened_on, outcome="not_reported"
    )
    clerk(works, lambda desk: desk.amend(closing.position, "核对过，确实未报", right))
    reported(works, "jia", date(2026, 11, 20))
    assert did(swept(works)) == []


def test_a_late_entry_mends_the_word_once_and_both_stay(works):
    swept(works)
    swept(works, OVER)
    reported(works, "jia", date(2026, 11, 26))
    assert did(swept(works)) == [("mended", "2026-11/jia", "reported_late")]
    assert did(swept(works)) == []
    month = month_of(works, "jia")
    assert (month.closing.outcome, month.closing.happened_on) == ("reported_late", date(2026, 11, 27))
    said = [entry.record for entry in month.case.entries if entry.actor == "system"]
    assert [type(record).__name__ for record in said] == ["Opened", "Closed", "Amended"]
    assert said[1].outcome == "not_reported"


def test_a_report_that_was_struck_out_mends_it_back(works):
    swept(works)
    reported(works, "jia", date(2026, 11, 20))
    place = month_of(works, "jia").case.entries[-1].position
    swept(works, OVER)
    clerk(works, lambda desk: desk.amend(place, "记错了村"))
    assert did(swept(works)) == [("mended", "2026-11/jia", "not_reported")]


def test_an_unknown_scheme_opens_no_month_but_closes_what_is_over(works):
    swept(works)
    wrong = edited(works, 'scheme = "zhonglou"', 'scheme = "zhonglu"')
    found = swept(wrong, date(2026, 12, 2))
    assert {what for what, _, _ in did(found)} == {"closed"}
    assert [type(stuck.error) for stuck in found.failures] == [UnknownScheme]
    mended = edited(wrong, 'scheme = "zhonglu"', 'scheme = ""')
    assert len(did(swept(mended))) == 6


def test_an_office_s_own_scheme_stands_beside_the_shipped_ones(works):
    folder = works.home.path / "schemes"
    folder.mkdir()
    (folder / "ours_2026.toml").write_text('name = "我镇"\nsource = "我镇〔2026〕1号"\nbase = 7\n', "utf-8")
    ours = edited(works, 'scheme = "zhonglou"', 'scheme = "ours_2026"')
    swept(ours)
    assert ours.scheme(month_of(ours, "jia").scheme).of("base") == 7


@pytest.mark.parametrize("fault", [RuntimeError("broken"), UnknownScheme(scheme="x", known="y")])
def test_one_poisoned_case_stops_nobody_else(works, monkeypatch, fault):
    swept(works)
    poisoned, heard = number(works, "yi"), UnitOfWork.close

    def close(sitting, case, *rest, **more):
        if case == poisoned:
            raise fault
        heard(sitting, case, *rest, **more)

    monkeypatch.setattr(UnitOfWork, "close", close)
    found = swept(works, OVER)
    assert len(found.actions) == 5
    assert [(stuck.reference, stuck.error) for stuck in found.failures] == [("2026-11/yi", fault)]
    monkeypatch.undo()
    assert did(swept(works)) == []  # set aside for an hour
    works.clock.move(timedelta(hours=1))
    assert did(swept(works)) == [("closed", "2026-11/yi", "not_reported")]


def test_two_sweeps_at_once_do_everything_once(works):
    works.clock.set_day(date(2026, 11, 23))
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda _: swept(works), range(2)))
    assert [stuck for each in found for stuck in each.failures] == []
    assert len([deed for each in found for deed in each.actions]) == 6 == end(works)


def test_the_second_sweep_does_not_even_ask_for_the_lock(works, monkeypatch):
    swept(works)
    place = month_of(works, "jia").case.timeline[0][0]
    clerk(works, lambda desk: desk.amend(place, "该村本月不报"))
    monkeypatch.setattr(tick.Desk, "sitting", None)
    found = swept(works)
    assert (found.actions, found.failures) == ((), ())


def test_months_of_other_kinds_run_by_their_declaration_alone(works):
    """A second kind in rounds is one declaration: nothing else has to know it."""
    from dataclasses import replace

    first = works.duties["village_report"]
    duties = {**works.duties, "ledger": replace(first, kind="ledger", label="台账")}
    both = open_app(works.home.path, clock=works.clock, duties=duties)
    found = swept(both)
    assert [deed.duty.kind for deed in found.actions] == ["village_report"] * 6 + ["ledger"] * 6


def test_the_sample_s_scheme_is_shipped(works):
    assert works.office.months.scheme in shipped_data.load_schemes()
