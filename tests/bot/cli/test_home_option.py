"""``--home`` is taken before and behind the command; ``gongkai`` alone says where to begin."""

import pytest

from bot.__main__ import main
from bot.cli.common.context import home_behind_command


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("--home town clock 3", "clock 3 --home town"),
        ("--home=town calendar add x", "calendar add x --home=town"),
        ("clock 3 --home town", "clock 3 --home town"),
        ("--home one clock 3 --home two", "clock 3 --home two"),
        ("--home one clock 3 --home=two", "clock 3 --home=two"),
        ("--home town amend 3 -- --home", "amend 3 --home town -- --home"),
        ("--home town", ""),
        ("--home", "--home"),
        ("", ""),
    ],
)
def test_a_leading_home_goes_behind_the_command(typed, read):
    assert home_behind_command(typed.split()) == read.split()


def test_both_places_name_the_same_office(home, clock, capsys, monkeypatch):
    monkeypatch.delenv("GONGKAI_HOME", raising=False)
    said = []
    for words in (["--home", str(home), "doctor"], ["doctor", "--home", str(home)]):
        with pytest.raises(SystemExit) as ended:
            main(words, clock)
        said.append((ended.value.code, capsys.readouterr().out))
    assert said[0] == said[1]
    assert said[0][0] in {0, None}


@pytest.mark.parametrize(("named", "first"), [("", "从这里开始："), ("/srv/town", "单位目录：/srv/town")])
def test_alone_it_says_where_to_begin(capsys, monkeypatch, clock, named, first):
    monkeypatch.setenv("GONGKAI_HOME", named) if named else monkeypatch.delenv("GONGKAI_HOME", raising=False)
    with pytest.raises(SystemExit):
        main([], clock)
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == first
    assert "gongkai run" in lines[1]
    assert "import" in said.err
