"""A further column of the bulletin is one row of its list: the paper, the picture, the chat and the JSON have it."""

from dataclasses import replace

import pytest

from bot.language import bulletin_text
from bot.language.phrasebook import phrasebook
from storage.documents.bulletin import picture, tables
from storage.reporting import bulletin_json
from storage.reporting.bulletin_columns import BULLETIN_COLUMNS, BulletinColumn
from tests.storage.documents.bulletin.made import made

FURTHER = BulletinColumn(
    key="least",
    value=lambda row: row.minimum + 5,
    paper=12,
    picture=80,
    json="least",
    total=lambda bulletin: 7 * len(bulletin.rows),
)


@pytest.fixture
def further_column(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (tables, picture, bulletin_json, bulletin_text):
        monkeypatch.setattr(module, "BULLETIN_COLUMNS", (*BULLETIN_COLUMNS, FURTHER))


@pytest.mark.usefixtures("further_column")
def test_a_further_column_is_one_row_of_the_list() -> None:
    bulletin = made(3)
    words = {
        "bulletin.column.least": "应报",
        "bulletin.picture.least": "应报",
        "bulletin.text.ranked": "{village}应报{least}",
    }
    book = phrasebook("zh")
    book = replace(book, phrases={**book.phrases, **words})
    (grid,) = tables.bulletin_grids(bulletin, book.say)
    last = len(grid.widths) - 1
    assert [cell.text for cell in grid.cells if cell.column == last] == ["应报", "7", "7", "7", "21"]
    (drawn,) = [one for one in picture._columns(bulletin, book.say) if one.head == "应报"]
    assert (drawn.width, drawn.texts) == (80, ["7", "7", "7"])
    assert "甲村应报7" in "\n".join(bulletin_text.bulletin_pages(bulletin, book))
    assert {row["least"] for row in bulletin_json.bulletin_data(bulletin)["villages"]} == {7}
