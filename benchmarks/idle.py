"""What an idle office costs: processor time of `gongkai run` over a home of ten years, once its start is over.

The baseline is an idle interpreter beside it. Run: python -m benchmarks.idle
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

SETTLE_SECONDS, WINDOW_SECONDS = 75, 20
YEARS, REQUESTS = range(2016, 2026), 300
TICKS = 100  # of a second, in /proc on Linux
MOST = 0.02  # of one core; it was seen at 0.3 to 0.5


def ten_year_home(folder: Path) -> Path:
    """Make the sample town with ten years of closed requests."""
    home, register = folder / "home", folder / "requests.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["编号", "收到日期", "申请人类型", "办结日期", "办理结果", "延期天数"])
        for year in YEARS:
            for at in range(REQUESTS):
                day = date(year, 1, 4) + timedelta(days=at)
                rows.writerow([f"{year}-{at}", day, "自然人", day + timedelta(days=10), "予以公开", ""])
    for words in (["init", home, "--sample"], ["import", "requests", register, "--home", home]):
        subprocess.run([sys.executable, "-m", "bot", *map(str, words)], check=True, capture_output=True)
    return home


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Return the processor time that a process has used, with its threads."""
    fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> None:
    """Measure both, and print their shares of a core."""
    with tempfile.TemporaryDirectory() as folder:
        home = ten_year_home(Path(folder))
        office = [sys.executable, "-m", "bot", "run", "--home", str(home), "--port", "0"]
        waiting = [sys.executable, "-c", "import time; time.sleep(600)"]
        running = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for words in (office, waiting)]
        try:
            time.sleep(SETTLE_SECONDS)
            before = [processor_seconds(each) for each in running]
            time.sleep(WINDOW_SECONDS)
            shares = [
                (processor_seconds(each) - begun) / WINDOW_SECONDS
                for each, begun in zip(running, before, strict=True)
            ]
        finally:
            for each in running:
                each.terminate()
                each.wait()
    print(f"idle office of ten years: {shares[0]:.2%} of a core; idle interpreter: {shares[1]:.2%}")
    assert shares[0] < MOST


if __name__ == "__main__":
    main()
