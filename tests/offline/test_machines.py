"""What a kind of machine needs of the lock, and which wheels fit it; ``make bundle-check`` tries the bundles themselves."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from offline.build import ROOT, SCRIPTS, copy_script
from offline.machines import KINDS, README, locked_packages, missing_wheels

LINUX, ARM, WINDOWS = KINDS
LOCK = """
plain==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
compiled-one==2.3.4 \\
    --hash=sha256:cc
of-windows==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:dd
"""
PLAIN = "plain-1.0-py3-none-any.whl"


@pytest.fixture
def packages(tmp_path):
    (tmp_path / "requirements.lock").write_text(LOCK, "utf-8")
    return list(locked_packages(tmp_path / "requirements.lock"))


def test_a_lock_is_read_with_its_hashes_and_each_kind_needs_what_its_markers_say(packages):
    assert [(one.pinned, one.hashes) for one in packages[:2]] == [
        ("plain==1.0", ("sha256:aa", "sha256:bb")),
        ("compiled-one==2.3.4", ("sha256:cc",)),
    ]
    assert [kind.name for kind in KINDS if packages[2].is_needed_on(kind)] == [WINDOWS.name]


@pytest.mark.parametrize(
    ("kind", "platform", "fits"),
    [
        (LINUX, "manylinux_2_17_x86_64.manylinux2014_x86_64", True),
        (LINUX, "manylinux_2_28_x86_64", True),
        (LINUX, "manylinux_2_39_x86_64", False),  # newer than the systems that offices have
        (LINUX, "musllinux_1_2_x86_64", False),
        (LINUX, "manylinux_2_17_aarch64", False),
        (ARM, "manylinux_2_17_aarch64", True),
        (WINDOWS, "win_amd64", True),
        (WINDOWS, "win32", False),
    ],
)
def test_a_wheel_of_another_machine_does_not_fit(packages, kind, platform, fits):
    wheels = [PLAIN, f"compiled_one-2.3.4-cp311-cp311-{platform}.whl", "of_windows-1.0-py3-none-any.whl"]
    assert missing_wheels(packages, kind, wheels) == ([] if fits else ["compiled-one==2.3.4"])


@pytest.mark.parametrize(
    "wheel", ["compiled_one-2.3.3-cp311-cp311-win_amd64.whl", "compiled_one-2.3.4-cp312-cp312-win_amd64.whl"]
)
def test_a_wheel_of_another_version_or_python_does_not_fit(packages, wheel):
    assert missing_wheels(packages, WINDOWS, [PLAIN, wheel]) == ["compiled-one==2.3.4", "of-windows==1.0"]


def test_every_package_of_the_lock_has_a_hash_and_only_windows_needs_one_of_its_own():
    locked = list(locked_packages(ROOT / "requirements.lock"))
    assert all(one.hashes for one in locked)
    needed = {kind.name: {one.name for one in locked if one.is_needed_on(kind)} for kind in KINDS}
    assert needed[LINUX.name] == needed[ARM.name]
    assert needed[WINDOWS.name] - needed[LINUX.name] == {"colorama"}


@pytest.mark.parametrize(
    ("script", "first", "said"),
    [("start.sh", "", "install.sh"), ("install.sh", "/bin/false", "不是 Python 3.11")],
)
def test_a_script_says_what_is_missing_and_what_to_do(script, first, said, tmp_path):
    shutil.copy2(SCRIPTS / script, tmp_path)
    done = subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", str(tmp_path / script), *filter(None, [first])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "program").exists()


def test_each_kind_has_a_script_that_installs_and_one_that_starts_and_the_readme_names_them():
    kept = {Path(script).name for kind in KINDS for script in kind.scripts}
    assert kept == {file.name for file in SCRIPTS.iterdir()}
    readme = (SCRIPTS / README).read_text("utf-8")
    for kind in KINDS:
        install, start, last = kind.scripts
        assert (install in readme, start in readme, last) == (True, True, README)


def test_the_files_of_windows_are_written_as_its_programs_read_them(tmp_path):
    for kind in (LINUX, WINDOWS):
        folder = tmp_path / kind.name
        folder.mkdir()
        for name in kind.scripts:
            copy_script(name, folder, kind)
    written = (tmp_path / WINDOWS.name / README).read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in (tmp_path / WINDOWS.name / "install.bat").read_bytes()
    assert b"\r" not in (tmp_path / LINUX.name / README).read_bytes()
    assert (tmp_path / LINUX.name / README).read_bytes() == (SCRIPTS / README).read_bytes()


def test_a_plain_wheel_carries_every_file_that_the_program_reads():
    """``pipx`` and ``uv tool`` install it as it is: a file outside the patterns would be missing there alone."""
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    for package in (each.rstrip("*") for each in setuptools["packages"]["find"]["include"]):
        carried = {
            file
            for glob in setuptools["package-data"].get(package, [])
            for file in (ROOT / package).glob(glob)
        }
        there = {
            file
            for file in (ROOT / package).rglob("*.*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        assert {file for file in there if file.suffix != ".py"} - carried == set()
