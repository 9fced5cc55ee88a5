"""``make bundle-check``: every bundle is complete, and this machine's is installed in an empty place and used.

Nothing is asked of a registry: pip is told that there is none. The office is made, checked and served once.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from offline.build import LIST, ROOT
from offline.machines import KINDS, MachineKind, locked_packages, missing_wheels, this_machine

SECONDS = 60.0  # for the page to answer


class BundleUnusable(Exception):
    """A bundle lacks something, or does not work where it was installed."""


def require_complete(folder: Path, kind: MachineKind) -> None:
    """Raise BundleUnusable where a wheel, the program, the list or a script is missing."""
    wheels = [file.name for file in (folder / "wheels").iterdir()]
    missing = missing_wheels(list(locked_packages(ROOT / "requirements.lock")), kind, wheels)
    missing += [name for name in (LIST, *kind.scripts) if not (folder / name).is_file()]
    if not any(name.startswith("gongkai-") for name in wheels):
        missing.append("gongkai")
    if missing:
        raise BundleUnusable(f"{kind.name}: {', '.join(missing)}")


def require_usable(folder: Path) -> None:
    """Install the bundle with its own script, make an office, check it, and ask its page for an answer."""
    alone = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    _run(["sh", str(folder / "install.sh"), sys.executable], alone)
    program = str(folder / "program" / "bin" / "gongkai")
    if "gongkai run" not in _said([program], alone).stdout:
        raise BundleUnusable("gongkai alone does not say where to begin")
    office = str(folder / "office")
    _run([program, "init", office, "--sample"], alone)
    _run([program, "doctor", "--home", office], alone)
    _run([program, "report", "2026", "--home", office, "--out", str(folder / "report.docx")], alone)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [program, "run", office, "--port", str(port)], env=alone, stdout=subprocess.DEVNULL
    ) as running:
        try:
            _await_page(f"http://127.0.0.1:{port}/login")
        finally:
            running.terminate()


def _await_page(address: str) -> None:
    """Wait until the program shows its page, to a stranger: the one that says who may come in."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            page = urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError as answer:
            page = answer
        except OSError:
            time.sleep(0.3)
            continue
        with page:
            if b"<html" in page.read():
                return
    raise BundleUnusable(f"{address} does not answer")


def _said(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = _said(command, environment)
    if done.returncode:
        raise BundleUnusable(f"{' '.join(command)}: {(done.stderr or done.stdout)[-800:]}")
    return done.stdout


def main() -> int:
    """Check the bundles in the folder given."""
    out = Path(sys.argv[1])
    own = this_machine()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            for kind in KINDS:
                shutil.unpack_archive(out / f"gongkai-{kind.name}.zip", scratch)
                require_complete(Path(scratch) / f"gongkai-{kind.name}", kind)
                print(f"{kind.name}: complete")
            if own:
                require_usable(Path(scratch) / f"gongkai-{own.name}")
                print(f"{own.name}: installed in an empty place, an office made, checked and served")
        except BundleUnusable as error:
            print(f"not usable: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
