"""`gongkai proofread`: what it prints and how it exits."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement

from storage.reading.texts.manuscript import read_manuscript
from tests.paths import SHARED
from tests.storage.proofread import generated

Gongkai = Callable[..., "tuple[int, str, str]"]


def write(folder: Path, text: str, name: str = "notice.txt") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_clean_text_exits_0(gongkai: Gongkai, tmp_path: Path) -> None:
    said = gongkai("proofread", write(tmp_path, "关于值班安排的通知\n全镇各村做好值班值守。"))
    assert said.code == 0
    assert "没有发现问题" in said.out


def test_advice_alone_exits_0(gongkai: Gongkai) -> None:
    said = gongkai("proofread", SHARED / "seed" / "zhaoduba-2023.txt")
    assert said.code == 0
    assert "! 正文第 17 段第 15 字：组长写的是“镇长”，前面（第 5 段）是“书记”" in said.out
    assert "须处理 0 处，提醒 7 处，备注 1 处" in said.out


def test_a_gate_exits_1_and_never_prints_the_number(gongkai: Gongkai, tmp_path: Path) -> None:
    number = generated.identity(generated.drawn(9))
    file = write(tmp_path, f"低保公示\n申请人{number}，秘密★1年")
    said = gongkai("proofread", file)
    assert said.code == 1
    assert number not in said.out + said.err
    assert "不能送审" in said.out
    data = json.loads(gongkai("proofread", file, "--json").out)
    assert data["held"] is True
    assert [(finding["rule"], finding["place"]) for finding in data["findings"]] == [
        ("proofread.identity", "body#1@4"),
        ("proofread.mark_secret", f"body#1@{len(number) + 5}"),
    ]
    assert number not in json.dumps(data, ensure_ascii=False)


def test_a_word_file_is_read_to_its_margins(gongkai: Gongkai, tmp_path: Path) -> None:
    chance = generated.drawn(4)
    cell, foot = generated.identity(chance), generated.mobile(chance)
    document = Document()
    document.add_paragraph("补贴发放公示")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "姓名", "证件号码"
    table.cell(1, 0).text, table.cell(1, 1).text = "某某", cell
    document.sections[0].footer.paragraphs[0].text = f"联系人 {foot}"
    document.save(str(tmp_path / "notice.docx"))
    data = json.loads(gongkai("proofread", tmp_path / "notice.docx", "--json").out)
    assert [finding["rule"] for finding in data["findings"]] == ["proofread.identity", "proofread.mobile"]


@pytest.mark.parametrize("name", ["notice.pdf", "notice.json"])
def test_what_holds_no_text_exits_2(gongkai: Gongkai, tmp_path: Path, name: str) -> None:
    said = gongkai("proofread", write(tmp_path, "{}", name))
    assert (said.code, said.out) == (2, "")


def test_the_offices_own_file_is_heeded(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "通知\n公开平合")
    assert "平台" in gongkai("proofread", file).out
    (home / "expressions.toml").write_text('off = ["platform"]\n', "utf-8")
    assert "没有发现问题" in gongkai("proofread", file).out


def test_a_faulty_file_of_the_office_is_named(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    (home / "expressions.toml").write_text('off = ["platfrom"]\n', "utf-8")
    said = gongkai("proofread", write(tmp_path, "通知\n公开平合"))
    assert said.code == 1
    assert "off 里的“platfrom”不是任何一条规则" in said.err


def test_deleted_text_that_a_word_file_still_tracks_is_checked_too(tmp_path: Path, gongkai: Gongkai) -> None:
    document = Document()
    document.add_paragraph("关于集中整治的通告")
    paragraph = document.add_paragraph("一、总体情况。")
    run, gone, text = (OxmlElement(name) for name in ("w:r", "w:del", "w:delText"))
    text.text = f"联系{generated.mobile(generated.drawn(5))}"
    run.append(text)
    gone.append(run)
    paragraph._p.append(gone)
    document.save(tmp_path / "通告.docx")
    answer = gongkai("proofread", tmp_path / "通告.docx")
    assert answer.code == 1
    assert "有删去而仍留着痕迹的文字" in answer.out
    assert "一、总体情况。联系" not in read_manuscript(tmp_path / "通告.docx").body
