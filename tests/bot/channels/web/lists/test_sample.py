"""A small sample of ``benchmarks/lists.py``: every page it times answers, and a file goes out piece by piece."""

from pathlib import Path

import pytest

from benchmarks import lists
from storage.documents.layout import list_files


def test_every_page_that_is_timed_answers_and_files_leave_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = lists.serve(tmp_path / "small", 210)
    for path in served.pages().values():
        assert served.page(path) >= 0  # it asserts the answer itself
    monkeypatch.setattr(list_files, "PIECE_ROWS", 50)
    for kind in ("csv", "xlsx"):
        size, pieces = lists.export(served, f"/lists/requests.{kind}?view=register")
        assert size > 5_000
        assert pieces >= 3, kind
    served.app.store.engine.dispose()
