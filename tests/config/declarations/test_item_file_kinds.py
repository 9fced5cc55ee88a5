"""The kinds of files of a village's item: each is counted once, by the ending of its name."""

import pytest

from config.declarations.villages import item_file_kinds
from config.declarations.villages.item_file_kinds import ITEM_FILE_KINDS, ItemFileKind, file_counts
from config.duties.village_item import DUTY


def test_files_are_counted_by_their_kinds() -> None:
    assert file_counts(["a.JPG", "照片.png", "b.docx", "c", ".jpg", "a.jpg.zip"]) == {
        "pictures": 2,
        "files": 4,
    }
    assert file_counts(["b.pdf"]) == {"files": 1}
    assert file_counts([]) == {}


def test_each_kind_is_a_count_of_the_item_and_the_last_takes_the_rest() -> None:
    assert {kind.key for kind in ITEM_FILE_KINDS} <= {field.key for field in DUTY.fields}
    assert [bool(kind.suffixes) for kind in ITEM_FILE_KINDS] == [True, False]


def test_a_further_kind_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    films = ItemFileKind(key="films", label="视频个数", input="films", suffixes=frozenset({".mp4"}))
    monkeypatch.setattr(item_file_kinds, "ITEM_FILE_KINDS", (films, *ITEM_FILE_KINDS))
    assert file_counts(["a.mp4", "b.jpg", "c.xlsx"]) == {"films": 1, "pictures": 1, "files": 1}
