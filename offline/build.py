"""``make bundle``: a zip for each kind of machine with all that is installed, so that no registry is asked.

Each holds the wheels of ``requirements.lock`` and of the program itself, the list of them with their hashes, two
scripts and a README. A package without a wheel is built as one here, from its source under the hash of the lock.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from offline.machines import KINDS, PYTHON, LockedPackage, MachineKind, locked_packages, missing_wheels

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(__file__).parent / "scripts"
LIST = "packages.txt"


class BundleIncomplete(Exception):
    """A package has no wheel that a kind of machine could install."""


def build(out: Path, kinds: Sequence[MachineKind] = KINDS) -> list[Path]:
    """Make the bundles in a folder. Returns their zips. Raises BundleIncomplete."""
    packages = list(locked_packages(ROOT / "requirements.lock"))
    with tempfile.TemporaryDirectory() as scratch:
        program = _wheel_of([str(ROOT), "--no-build-isolation"], Path(scratch))
        return [_bundle(kind, packages, program, out) for kind in kinds]


def _bundle(kind: MachineKind, packages: Sequence[LockedPackage], program: Path, out: Path) -> Path:
    folder = out / f"gongkai-{kind.name}"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    needed = [package for package in packages if package.is_needed_on(kind)]
    _download(needed, kind, wheels)
    if missing := missing_wheels(packages, kind, [file.name for file in wheels.iterdir()]):
        raise BundleIncomplete(f"{kind.name}: {', '.join(missing)}")
    shutil.copy2(program, wheels)
    (folder / LIST).write_text("".join(sorted(map(_pinned_line, wheels.iterdir()))), "utf-8", newline="\n")
    for script in kind.scripts:
        copy_script(script, folder, kind)
    return Path(shutil.make_archive(str(folder), "zip", out, folder.name))


def copy_script(name: str, folder: Path, kind: MachineKind) -> None:
    """Copy a script; for Windows with its line ends, without which it does not find its labels.

    An older Notepad takes a text for one in the system's own encoding unless it begins with a mark.
    """
    is_windows = kind.markers["os_name"] == "nt"
    encoding = "utf-8-sig" if is_windows and name.endswith(".txt") else "utf-8"
    text = (SCRIPTS / name).read_text("utf-8")
    (folder / name).write_text(text, encoding, newline="\r\n" if is_windows else "\n")


def _download(packages: Sequence[LockedPackage], kind: MachineKind, wheels: Path) -> None:
    """Fetch every wheel that fits; what has none is built from its source, and must then fit any machine."""
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "listed.txt"
        left = list(packages)
        while left:
            listed.write_text("".join(map(_listed_line, left)), "utf-8")
            done = _pip(
                "download",
                "--no-deps",
                "--require-hashes",
                "--only-binary=:all:",
                *_target(kind),
                "-r",
                str(listed),
                "-d",
                str(wheels),
                quiet=True,
            )
            if done.returncode == 0:
                return
            refused = next((one for one in left if f"for {one.pinned}" in done.stderr), None)
            if refused is None:
                raise BundleIncomplete(f"{kind.name}: {done.stderr.strip()[-500:]}")
            left.remove(refused)
            source = Path(scratch) / "source.txt"
            source.write_text(_listed_line(refused), "utf-8")
            shutil.copy2(
                _wheel_of(["--require-hashes", "-r", str(source)], Path(scratch) / refused.name), wheels
            )


def _target(kind: MachineKind) -> list[str]:
    version = "".join(map(str, PYTHON))
    abis = [f"--abi={abi}" for abi in (f"cp{version}", "abi3", "none")]
    return [
        f"--python-version={version}",
        "--implementation=cp",
        *abis,
        *(f"--platform={platform}" for platform in kind.platforms),
    ]


def _wheel_of(what: Sequence[str], folder: Path) -> Path:
    done = _pip("wheel", "--no-deps", "-w", str(folder), *what, quiet=True)
    if done.returncode:
        raise BundleIncomplete(done.stderr.strip()[-500:])
    (wheel,) = folder.glob("*.whl")
    return wheel


def _listed_line(package: LockedPackage) -> str:
    return " ".join((package.pinned, *(f"--hash={one}" for one in package.hashes))) + "\n"


def _pinned_line(wheel: Path) -> str:
    """Return the line that installs a wheel of the bundle, with its hash: a damaged copy is noticed."""
    name, version = wheel.name.split("-")[:2]
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def _pip(*words: str, quiet: bool) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pip",
        words[0],
        "--disable-pip-version-check",
        *(["-q"] if quiet else []),
        *words[1:],
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def main() -> int:
    """Make every bundle in the folder given."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    try:
        for made in build(out):
            print(f"{made}  {made.stat().st_size / 1_000_000:.0f} MB")
    except BundleIncomplete as error:
        print(f"not complete: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
