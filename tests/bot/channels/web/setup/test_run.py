"""``gongkai run`` on an empty folder: the set-up, and then the office itself at the same address."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.paths import ROOT

PATIENCE = 60
"""Seconds: the machine may be busy with other tests."""
ROWS = ("镇长", "分管副镇长", "党政办主任", "党政办副主任", "党政办文书", "保密审查员")


def test_run_sets_an_office_up_and_goes_on_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "run", str(tmp_path / "town"), "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            found = re.search(r"(http://[^/\s]+)(/setup/begin-\S+)", server.stdout.readline())
            with httpx.Client(
                base_url=found[1], trust_env=False, follow_redirects=True, timeout=PATIENCE
            ) as client:
                assert "第 1 步" in client.get(found[2]).text
                _fill_in(client)
                assert "开始用" in client.post("/setup/finish").text
                client.post("/setup/begin")
                assert "青山镇人民政府" in server.stdout.readline()
                assert "党政办文书" in _first_page(client)
                assert client.get("/setup").status_code in {401, 404, 422}
            server.send_signal(signal.SIGTERM)
            out, errors = server.communicate(timeout=PATIENCE)
        finally:
            server.kill()  # after a failed step it would serve on, and be waited for
    assert (server.returncode, errors) == (0, "")
    assert found[2] not in out
    assert not (tmp_path / "town" / "setup.json").exists()


def _fill_in(client: httpx.Client) -> None:
    client.post("/setup/office", data={"short_name": "青山镇", "county": "东湖区", "level": "township"})
    client.post("/setup/places", data={"departments": "党政办公室"})
    places = {f"p{at}.place": "党政办公室" for at, post in enumerate(ROWS) if "党政办" in post}
    client.post("/setup/people", data={f"p{at}.post": post for at, post in enumerate(ROWS)} | places)


def _first_page(client: httpx.Client) -> str:
    for _ in range(100):
        try:
            return client.get("/").text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(client.base_url)
