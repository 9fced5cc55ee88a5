"""The sweep alone: what it leaves to people, what stops nobody else, and what a month keeps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from bot.cli.reports.village_months import list_village_months
from bot.services.app import open_app
from config import shipped_data
from config.reporting.scoring_schemes import UnknownScheme
from scheduler.recording.case_commands import CaseCommands
from scheduler.recording.recorder import Recorder
from tests.town import case_by_number, case_number, log_end, record, run_sweep
from tests.village_items import hand_in

NOVEMBER = date(2026, 11, 1)
OVER = date(2026, 11, 28)


def did(found):
    return sorted((deed.what, deed.reference, deed.outcome) for deed in found.actions)


def edited(app, find, write):
    file = app.home.office_file
    text = file.read_text("utf-8")
    assert find in text
    file.write_text(text.replace(find, write), "utf-8")
    return open_app(app.home.path, clock=app.clock)


def number(app, village, month="2026-11"):
    return case_number(app, "village_report", f"{month}/{village}")


def month_of(app, village, first=NOVEMBER):
    return next(kept.month for kept in list_village_months(app, first) if kept.month.village == village)


def reported(app, village, day):
    return hand_in(app, village, day, month=NOVEMBER)


def test_an_office_without_months_owes_none(app):
    text = app.home.office_file.read_text("utf-8")
    start, stop = text.index("[months]"), text.index("# ── 县里自定的日期")
    without = edited(app, text[start:stop], "")
    assert (without.office.months, did(run_sweep(without)), log_end(without)) == (None, [], 0)


def test_the_first_sweep_ever_opens_this_month_and_no_earlier_one(app):
    assert {reference for _, reference, _ in did(run_sweep(app))} == {
        f"2026-11/{village.id}" for village in app.office.villages
    }


def test_an_office_that_begins_after_the_due_day_asks_nothing_of_that_month(app):
    app.clock.set_day(date(2026, 11, 27))  # due on the 25th: nobody could report before the office was there
    assert did(run_sweep(app)) == []
    app.clock.set_day(date(2026, 12, 1))
    assert {reference for _, reference, _ in did(run_sweep(app))} == {
        f"2026-12/{village.id}" for village in app.office.villages
    }


def test_a_month_keeps_what_it_was_opened_with(app):
    run_sweep(app)
    changed = edited(app, "minimum = 2", "minimum = 5")
    changed = edited(changed, 'scheme = "zhonglou"', 'scheme = "forty_items"')
    changed = edited(changed, "due_number = 25", "due_number = 10")
    run_sweep(changed, date(2026, 12, 2))
    november, december = month_of(changed, "jia"), month_of(changed, "jia", date(2026, 12, 1))
    assert (november.scheme, november.minimum, november.due.day) == ("zhonglou", 2, 25)
    assert (december.scheme, december.minimum, december.due.day) == ("forty_items", 5, 10)


def test_a_village_added_in_the_month_is_opened_with_the_month_where_it_was_there(app):
    edited_ = edited(app, 'id = "ji"', 'id = "xin"')
    run_sweep(app)
    assert did(run_sweep(edited_)) == [("opened", "2026-11/xin", "")]


def test_a_month_that_was_struck_out_is_not_opened_again(app):
    run_sweep(app)
    place = month_of(app, "jia").case.timeline[0][0]
    record(app, lambda uow: uow.corrections.amend(place, "该村本月不报"))
    assert did(run_sweep(app)) == []
    assert "2026-11/jia" not in {reference for _, reference, _ in did(run_sweep(app, OVER))}


def test_a_month_a_person_opened_is_not_opened_twice(app):
    facts = {"village": "jia", "month": "2026-11", "due_rule": "day", "due_number": 25}
    record(app, lambda uow: uow.cases.open("village_report", "2026-11/jia", NOVEMBER, facts))
    assert len(did(run_sweep(app))) == 5
    assert ("closed", "2026-11/jia", "not_reported") in did(run_sweep(app, OVER))


def test_a_close_by_a_person_is_left_alone(app):
    run_sweep(app)
    at = number(app, "jia")
    record(app, lambda uow: uow.cases.close(at, "not_reported", date(2026, 11, 23)))
    reported(app, "jia", date(2026, 11, 20))
    assert "2026-11/jia" not in {reference for _, reference, _ in did(run_sweep(app, OVER))}
    assert month_of(app, "jia").closing.happened_on == date(2026, 11, 23)


def test_what_a_person_put_right_stays_as_they_put_it(app):
    run_sweep(app)
    run_sweep(app, OVER)
    closing = month_of(app, "jia").case.entries[-1]
    right = type(closing.record)(
        case=closing.record.case, happened_on=closing.record.happened_on, outcome="not_reported"
    )
    record(app, lambda uow: uow.corrections.amend(closing.position, "核对过，确实未报", right))
    reported(app, "jia", date(2026, 11, 20))
    assert did(run_sweep(app)) == []


def test_a_late_entry_mends_the_word_once_and_both_stay(app):
    run_sweep(app)
    run_sweep(app, OVER)
    reported(app, "jia", date(2026, 11, 26))
    assert did(run_sweep(app)) == [("mended", "2026-11/jia", "reported_late")]
    assert did(run_sweep(app)) == []
    month = month_of(app, "jia")
    assert (month.closing.outcome, month.closing.happened_on) == ("reported_late", date(2026, 11, 27))
    said = [entry.record for entry in month.case.entries if entry.actor == "system"]
    assert [type(record).__name__ for record in said] == ["Opened", "Closed", "Amended"]
    assert said[1].outcome == "not_reported"


def test_a_report_that_was_struck_out_mends_it_back(app):
    run_sweep(app)
    item = reported(app, "jia", date(2026, 11, 20))
    place = case_by_number(app, item).entries[0].position
    run_sweep(app, OVER)
    record(app, lambda uow: uow.corrections.amend(place, "记错了村"))
    assert did(run_sweep(app)) == [("mended", "2026-11/jia", "not_reported")]


def test_an_unknown_scheme_opens_no_month_but_closes_what_is_over(app):
    run_sweep(app)
    wrong = edited(app, 'scheme = "zhonglou"', 'scheme = "zhonglu"')
    found = run_sweep(wrong, date(2026, 12, 2))
    assert {what for what, _, _ in did(found)} == {"closed"}
    assert [type(stuck.error) for stuck in found.failures] == [UnknownScheme]
    mended = edited(wrong, 'scheme = "zhonglu"', 'scheme = ""')
    assert len(did(run_sweep(mended))) == 6


def test_an_office_s_own_scheme_stands_beside_the_shipped_ones(app):
    folder = app.home.path / "schemes"
    folder.mkdir()
    (folder / "ours_2026.toml").write_text('name = "我镇"\nsource = "我镇〔2026〕1号"\nbase = 7\n', "utf-8")
    ours = edited(app, 'scheme = "zhonglou"', 'scheme = "ours_2026"')
    run_sweep(ours)
    assert ours.scheme(month_of(ours, "jia").scheme).points_for("base") == 7


@pytest.mark.parametrize("fault", [RuntimeError("broken"), UnknownScheme(scheme="x", known="y")])
def test_one_poisoned_case_stops_nobody_else(app, monkeypatch, fault):
    run_sweep(app)
    poisoned, heard = number(app, "yi"), CaseCommands.close

    def close(commands, case, *rest, **more):
        if case == poisoned:
            raise fault
        heard(commands, case, *rest, **more)

    monkeypatch.setattr(CaseCommands, "close", close)
    found = run_sweep(app, OVER)
    assert len(found.actions) == 5
    assert [(stuck.reference, stuck.error) for stuck in found.failures] == [("2026-11/yi", fault)]
    monkeypatch.undo()
    assert did(run_sweep(app)) == []  # set aside for an hour
    app.clock.move(timedelta(hours=1))
    assert did(run_sweep(app)) == [("closed", "2026-11/yi", "not_reported")]


def test_two_sweeps_at_once_do_everything_once(app):
    app.clock.set_day(date(2026, 11, 23))
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda _: run_sweep(app), range(2)))
    assert [stuck for each in found for stuck in each.failures] == []
    assert len([deed for each in found for deed in each.actions]) == 6 == log_end(app)


def test_the_second_sweep_does_not_even_ask_for_the_lock(app, monkeypatch):
    run_sweep(app)
    place = month_of(app, "jia").case.timeline[0][0]
    record(app, lambda uow: uow.corrections.amend(place, "该村本月不报"))
    monkeypatch.setattr(Recorder, "transaction", None)
    found = run_sweep(app)
    assert (found.actions, found.failures) == ((), ())


def test_months_of_other_kinds_run_by_their_declaration_alone(app):
    """A second kind in rounds is one declaration: nothing else has to know it."""
    from dataclasses import replace

    first = app.duties["village_report"]
    duties = {**app.duties, "ledger": replace(first, kind="ledger", label="台账")}
    both = open_app(app.home.path, clock=app.clock, duties=duties)
    found = run_sweep(both)
    assert [deed.duty.kind for deed in found.actions] == ["village_report"] * 6 + ["ledger"] * 6


def test_the_sample_s_scheme_is_shipped(app):
    assert app.office.months.scheme in shipped_data.load_schemes()
