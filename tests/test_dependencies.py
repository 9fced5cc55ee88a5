"""The locks: what runs has no tools for tests, every package has its hash, and known faults are known."""

import re
import tomllib
from datetime import date

from packaging.version import Version

from tests.dependency_audit import LOCKS, faults, main, pins, read_list
from tests.paths import ROOT

TEXTS = {file: (ROOT / file).read_text("utf-8") for file in LOCKS}
RUNNING, TESTING = (dict(pins(TEXTS[file])) for file in LOCKS)


def test_no_lock_has_a_version_with_a_known_fault(capsys):
    assert main() == 0, capsys.readouterr().out


def test_a_known_fault_and_a_package_nobody_looked_at_are_told():
    known = {"packages": ["a"], "faults": [{"package": "a", "id": "X-1", "mended_in": "1.10", "what": "w"}]}
    assert list(faults({"f": "a==1.10\nb==1\n"}, known)) == [
        "f: b is not in requirements-audit.toml: look its advisories up, then add it there"
    ]
    assert list(faults({"f": "a==1.9 \\\n"}, known)) == ["f: a 1.9 has X-1 (w); take 1.10 or later"]


def test_the_check_fails_where_anything_is_wrong(monkeypatch, capsys):
    known = read_list()
    monkeypatch.setattr(
        "tests.dependency_audit.read_list", lambda: known | {"packages": known["packages"][1:]}
    )
    assert main() == 1
    assert f"{known['packages'][0]} is not in requirements-audit.toml" in capsys.readouterr().out


def test_the_list_has_its_form():
    known = read_list()
    assert isinstance(known["written_on"], date)
    assert known["packages"] == sorted(set(known["packages"]))
    for fault in known["faults"]:
        assert set(fault) == {"package", "id", "mended_in", "what"}
        assert fault["package"] in known["packages"]
        assert re.fullmatch(r"(CVE-\d{4}-\d{4,7}|GHSA(-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+)", fault["id"])
        assert Version(fault["mended_in"])


def test_what_runs_has_no_tools_for_tests_and_the_same_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    tools = {re.split(r"[<>=\[]", each)[0] for each in project["optional-dependencies"]["dev"]} - {
        "setuptools"
    }
    needed = [
        *project["dependencies"],
        *(
            each
            for extra, these in project["optional-dependencies"].items()
            if extra != "dev"
            for each in these
        ),
    ]
    assert tools.isdisjoint(RUNNING)
    assert tools <= set(TESTING)
    assert {re.split(r"[<>=\[]", each)[0] for each in needed} <= set(RUNNING)
    assert {name for name, version in RUNNING.items() if TESTING.get(name) != version} == set()


def test_every_pin_has_its_hash():
    for text in TEXTS.values():
        entries = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
