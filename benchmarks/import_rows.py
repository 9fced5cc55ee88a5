"""15,000 rows of a request register brought into the log, beside only reading the same rows."""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from bot.services.app import create_office, open_app
from bot.services.records.register_files import ImportKind, import_file
from config.clock import SystemClock
from config.shipped_data import load_form

ROWS, LIMIT_SECONDS, RUNS = 15_000, 10.0, 3


def write_register(path: Path) -> None:
    """A register with official labels, most of it concluded."""
    chance, labels = random.Random(2), load_form()  # noqa: S311 - no secret
    kinds = [column.label for column in labels.columns3 if column.key != "total"]
    results = [row.label for row in labels.rows3 if row.key in labels.results]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(("编号", "收到日期", "申请人类型", "办结日期", "办理结果"))
        for number in range(ROWS):
            received = date(2024, 1, 1) + timedelta(days=chance.randrange(600))
            closed = received + timedelta(days=chance.randrange(40))
            ending = (closed, chance.choice(results)) if number % 10 else ("", "")
            out.writerow((f"2024-{number}", received, chance.choice(kinds), *ending))


def main() -> int:
    """Time both in turn; exit 1 past the limit."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "register.csv"
        write_register(file)
        whole, plain, again = [], [], []
        for run in range(RUNS):
            app = open_app(create_office(Path(scratch) / f"town-{run}", sample=True).path, SystemClock())
            start = perf_counter()
            with file.open(encoding="utf-8-sig", newline="") as text:
                assert sum(1 for _ in csv.DictReader(text)) == ROWS
            plain.append(perf_counter() - start)
            for taken in (whole, again):
                start = perf_counter()
                import_file(app, ImportKind.REQUESTS, file, dry_run=False)
                taken.append(perf_counter() - start)
        median = sorted(whole)[RUNS // 2]
        figures = {
            "rows": ROWS,
            "import (s)": round(median, 2),
            "the same file again (s)": round(sorted(again)[RUNS // 2], 2),
            "plain reading (s)": round(sorted(plain)[RUNS // 2], 3),
            "ratio import / reading": round(median / sorted(plain)[RUNS // 2], 1),
        }
        print(json.dumps(figures, indent=1))
        return 0 if median < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
