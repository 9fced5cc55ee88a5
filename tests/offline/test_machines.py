"""What a kind of machine needs of the lock, and which wheels fit it; ``make bundle-check`` tries the bundles themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from offline.build import ROOT, SCRIPTS
from offline.machines import KINDS, locked_packages, missing_wheels

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


def test_each_kind_has_a_script_that_installs_and_one_that_starts():
    kept = {Path(script).name for kind in KINDS for script in kind.scripts}
    assert kept == {file.name for file in SCRIPTS.iterdir()}
    assert all(len(kind.scripts) == 2 for kind in KINDS)
