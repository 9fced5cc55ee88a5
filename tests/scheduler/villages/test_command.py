"""What a clerk types, and what is said: tick, and month with its parts."""

import json
from datetime import date

import pytest
from PIL import Image

from bot.language.phrasebook import LANGUAGES, phrasebook


def test_the_sweep_tells_what_it_did_and_then_that_there_is_nothing(gongkai):
    first, second = gongkai("tick"), gongkai("tick")
    assert (first.code, second.code) == (0, 0)
    assert "立件 村级信息报送 甲村 2026-11" in first.out
    assert "共 6 件" in first.out
    assert second.out == "没有要做的。\n"


def test_a_clerk_takes_a_month_from_its_items_to_its_points(gongkai):
    gongkai("tick")
    first = gongkai("month", "report", "甲村", "2026-11", "--title", "换届公告", "--on", "2026-11-20")
    assert "已代录第 7 号信息：甲村 2026-11《换届公告》（纸质，2026-11-20）" in first.out
    done = [
        first,
        gongkai("month", "report", "jia", "2026-11", "--title", "防汛", "--text", "正文"),
        gongkai("month", "report", "yi", "2026-11", "--zero"),
        gongkai("month", "return", 8, "--reason", "缺日期"),
        gongkai("month", "receive", 7),
        gongkai("month", "adopt", 7, "--level", "county", "--points", 14),
        gongkai("month", "adopt", 7, "--level", "市级采用"),
        gongkai("month", "commission", 7),
        gongkai("month", "mistake", 7, "--reason", "写错日期"),
    ]
    assert [said.code for said in done] == [0] * len(done)
    assert "第 7 号信息《换届公告》采用登记（2026-11-23）" in done[6].out
    shown = gongkai("month", "show", "2026-11").out
    # 6, one short -1, a serious error -2, commissioned +2, and the city's 15 above the county's 14
    assert "甲村：按时报送（2026-11-20）；1 条（最低 2 条），采用 1 条，现计 20 分" in shown
    assert "乙村：零报送（2026-11-23）；0 条" in shown
    assert "丙村：还没有报送" in shown
    assert "已报送（含零报送）2 个村，还没有的 4 个村" in shown
    told = gongkai("month", "score", "2026-11", "jia").out.splitlines()
    assert [line.split()[0] for line in told[2:-1]] == ["+6", "-1", "+2", "-2", "+15"]
    assert told[-1] == "合计：20 分"


def test_photographs_come_with_what_is_entered(gongkai, tmp_path):
    gongkai("tick")
    photo = tmp_path / "河道.png"
    Image.new("RGB", (30, 20), "green").save(photo)
    words = ("month", "report", "jia", "2026-11", "--title", "清理河道", "--file", photo)
    assert gongkai(*words).code == 0
    again = gongkai(*words)
    assert (again.code, "这一条报过了：第 7 号" in again.err) == (1, True)
    (tmp_path / "坏.jpg").write_bytes(b"no picture")
    broken = gongkai("month", "report", "jia", "2026-11", "--title", "另一条", "--file", tmp_path / "坏.jpg")
    assert (broken.code, "照片“坏.jpg”打不开" in broken.err) == (1, True)


def test_a_month_below_standard_is_told_so(gongkai):
    gongkai("tick")
    assert "低于 6 分，未达标" in gongkai("month", "score", "2026-11", "丙村").out


def test_a_closed_month_shows_how_it_ended(gongkai, clock):
    gongkai("tick")
    gongkai("month", "report", "jia", "2026-11", "--title", "公告")
    gongkai("month", "report", "jia", "2026-11", "--title", "公告二")
    clock.set_day(date(2026, 11, 28))
    assert "了结 村级信息报送 甲村 2026-11：按时报送（截至 2026-11-27）" in gongkai("tick").out
    shown = gongkai("month", "show", "2026-11").out
    assert "甲村：按时报送（2026-11-23）；2 条（最低 2 条），采用 0 条，6 分" in shown
    assert "丙村：未报送；0 条" in shown
    village = json.loads(gongkai("month", "show", "2026-11", "--json").out)["villages"][0]
    assert village == {
        "village": "jia",
        "name": "甲村",
        "due": "2026-11-25",
        "last": "2026-11-27",
        "reported_on": "2026-11-23",
        "closed": True,
        "outcome": "reported_on_time",
        "items": 2,
        "minimum": 2,
        "adopted": 0,
        "points": "6",
    }


def test_the_sweep_speaks_to_programs(gongkai):
    deeds = json.loads(gongkai("tick", "--json").out)["deeds"]
    assert deeds[0] == {"what": "opened", "reference": "2026-11/jia", "day": "2026-11-01", "outcome": ""}
    assert json.loads(gongkai("tick", "--json").out) == {"deeds": [], "stuck": []}


def test_an_unscored_month_says_so(gongkai, home):
    file = home / "office.toml"
    file.write_text(file.read_text("utf-8").replace('scheme = "zhonglou"', 'scheme = ""'), "utf-8")
    gongkai("tick")
    assert "不计分" in gongkai("month", "score", "2026-11", "jia").out
    assert "分" not in gongkai("month", "show", "2026-11").out.replace("分号", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("report", "jia", "2026-13", "--zero"), "不是月份"),
        (("report", "jia", "2026-1", "--zero"), "不是月份"),
        (("report", "jiaa", "2026-11", "--zero"), "没有“jiaa”这个村"),
        (("report", "jia", "2026-10", "--zero"), "没有 2026-10 的报送件"),
        (("report", "jia", "2026-11"), "两样选一样"),
        (("report", "jia", "2026-11", "--zero", "--title", "公告"), "两样选一样"),
        (("report", "jia", "2026-11", "--zero", "--on", "2026-11-24"), "还没有到"),
        (("report", "jia", "2026-11", "--zero", "--on", "11-20"), "不是日期"),
        (("return", "5", "--reason", "缺日期"), "不是村里报的信息"),
        (("adopt", "99", "--level", "county"), "不是村里报的信息"),
        (("receive", "5"), "不是村里报的信息"),
        (("report", "jia", "2026-11", "--title", "身份证110101199003072519"), "公民身份号码"),
        (("score", "2026-10", "jia"), "没有 2026-10 的报送件"),
    ],
)
def test_what_cannot_be_recorded_is_refused_with_what_to_do(gongkai, words, told):
    gongkai("tick")
    said = gongkai("month", *words)
    assert said.code == 1
    assert told in said.err


def test_a_level_that_does_not_exist_is_refused(gongkai):
    gongkai("tick")
    gongkai("month", "report", "jia", "2026-11", "--title", "公告")
    said = gongkai("month", "adopt", 7, "--level", "nation")
    assert said.code == 1
    assert "county" in said.err or "县级采用" in said.err


def test_a_month_that_nobody_opened_says_how(gongkai):
    said = gongkai("month", "show", "2026-10")
    assert said.code == 0
    assert "gongkai tick" in said.out


def test_what_could_not_be_dealt_with_is_told_and_fails(gongkai, home):
    file = home / "office.toml"
    file.write_text(file.read_text("utf-8").replace('scheme = "zhonglou"', 'scheme = "none_such"'), "utf-8")
    said = gongkai("tick")
    assert said.code == 1
    assert "none_such" in said.err
    assert "forty_items" in said.err


def test_every_outcome_of_a_sweep_has_its_words():
    keys = {"tick.opened", "tick.closed", "tick.mended", "clock.state.reported", "clock.why.reported"}
    assert all(keys <= phrasebook(language).phrases.keys() for language in LANGUAGES)
