"""What stands inside the files that go out with a text is looked through too, seen or hidden, or said to be unread."""

from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from bot.language.phrasebook import LANGUAGES, phrasebook
from storage.events.manifest import Manifest, manifest_attachment
from storage.proofread.review import has_blocking_findings, proofread_text
from storage.reading.texts.manifest_text import manuscript_of
from storage.reading.texts.manuscript import read_manuscript_with_traces
from storage.reading.texts.wordlist_loader import load_wordlist
from tests.storage.proofread import generated
from tests.storage.proofread.labelled import sample_office

OFFICE, RULES = sample_office(), load_wordlist()
MOBILE = generated.mobile(generated.drawn(7))
MISTYPED = "370602199003071234"  # its check character would be 5
PERSON = generated.identity(generated.drawn(8))
IDENTITY_OF_DIGITS = next(
    one for seed in range(99) if (one := generated.identity(generated.drawn(seed))).isdecimal()
)


def saved(document):
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def word(*said, foot="", deleted=""):
    document = Document()
    for each in said:
        document.add_paragraph(each)
    if foot:
        document.sections[0].footer.paragraphs[0].text = foot
    if deleted:
        run, gone, text = (OxmlElement(name) for name in ("w:r", "w:del", "w:delText"))
        text.text = deleted
        run.append(text)
        gone.append(run)
        gone.set(qn("w:id"), "1")
        document.paragraphs[0]._p.append(gone)
    return saved(document)


def table(*rows):
    document = Document()
    document.add_paragraph("名单")
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, said in zip(made.rows, rows, strict=True):
        for cell, words in zip(row.cells, said, strict=True):
            cell.text = words
    document.add_paragraph("以上。")
    return saved(document)


def book(cells, *, hidden=False, note=""):
    made = Workbook()
    made.active.title = "封面"
    sheet = made.create_sheet("名册")
    for place, value in cells.items():
        sheet[place] = value
        if note:
            sheet[place].comment = Comment(note, "x")
    sheet.sheet_state = "hidden" if hidden else "visible"
    return saved(made)


def found(name, content, disclosure="proactive", own=()):
    manifest = Manifest(
        title="公示", attachments=(manifest_attachment(name, content),), disclosure=disclosure
    )
    text = manuscript_of(manifest, {sha256(content).hexdigest(): content}, own)
    return proofread_text(text, OFFICE, RULES)


@pytest.mark.parametrize(
    ("name", "content", "rule", "place"),
    [
        ("说明.txt", f"一、情况\n联系{MOBILE}".encode(), "mobile", "line#1/2@3"),
        ("说明.md", f"联系{MOBILE}".encode("gb18030"), "mobile", "line#1/1@3"),
        ("名单.csv", f"村,号\n甲村,{PERSON}".encode("utf-8-sig"), "identity", "line#1/2@4"),
        ("说明.docx", word("情况", f"联系{MOBILE}"), "mobile", "enclosed#1/2@3"),
        ("页脚.docx", word("情况", foot=f"联系{MOBILE}"), "mobile", "footer#1/@3"),
        ("删除.docx", word("情况", deleted=f"联系{MOBILE}"), "mobile", "tracked#1/1@5"),
        ("密.docx", word("机密★3年", "情况"), "mark_secret", "enclosed#1/1@1"),
        ("名册.xlsx", book({"B3": PERSON}), "identity", "cell#1/名册!B3@1"),
        ("隐藏.XLSX", book({"B3": float(MOBILE)}, hidden=True), "mobile", "hidden_cell#1/名册!B3@1"),
        ("末行.xlsx", book({"CZ9000": MOBILE}), "mobile", "cell#1/名册!CZ9000@1"),
        ("批注.xlsx", book({"A1": "甲村"}, note=f"电话{MOBILE}"), "mobile", "comments#1/@3"),
        ("名单.docx", table(["村", "电话"], ["甲村", MOBILE]), "mobile", "row#1/1!2@1"),
    ],
    ids=["txt", "md", "csv", "docx", "foot", "deleted", "mark", "xlsx", "hidden", "last", "note", "table"],
)  # fmt: skip
def test_what_stands_inside_a_file_is_found(name, content, rule, place):
    findings = [one for one in found(name, content) if one.rule == f"proofread.{rule}"]
    assert len(findings) == 1
    assert findings[0].place == place
    assert has_blocking_findings(findings)
    for language in LANGUAGES:
        (line,) = phrasebook(language).finding_lines(findings)
        assert name in line
        assert not {"#", "{"} & set(line)
        assert not line.startswith("[")
        assert MOBILE not in line
        assert PERSON not in line


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("名册.xlsx", book({"A1": "身份证号", "A2": MISTYPED}), "identity_doubtful"),
        ("名单.csv", f"村,号\n甲村,{MISTYPED}".encode("utf-8-sig"), "identity_doubtful"),
        ("名单.txt", f"身份证号{MISTYPED}".encode(), "identity_like"),
        ("许可.txt", f"许可证号{MISTYPED}".encode(), ""),
        ("网址.txt", f"https://www.zhaoduba.example/{MISTYPED}.html".encode(), ""),
    ],
)
def test_an_identity_number_with_a_mistyped_digit_in_a_file_is_told_and_blocks_nothing(name, content, rule):
    """A list of people is where digits are mistyped: whoever submits it confirms it below this line."""
    findings = found(name, content)
    assert [one.rule for one in findings] == ([f"proofread.{rule}"] if rule else [])
    assert not has_blocking_findings(findings)
    for language in LANGUAGES:
        assert MISTYPED not in "".join(phrasebook(language).finding_lines(findings))


@pytest.mark.parametrize("name", ["扫描.pdf", "照片.jpg", "旧.doc", "打包.zip", "坏.docx", "坏.xlsx", "无名"])
def test_what_cannot_be_read_is_said_to_be_unread(name):
    findings = found(name, b"\x89PNG \xff\xfe\x00 no office file")
    assert [(one.rule, one.found) for one in findings] == [("proofread.unread", name)]
    assert not has_blocking_findings(findings)
    assert name in phrasebook("zh").finding_lines(findings)[0]


def test_clean_files_say_nothing():
    content = book({"A1": "甲村", "B1": 20_261_123, "C1": 1_234_567.5, "D1": "2026年11月23日"})
    assert found("附表.xlsx", content) == ()
    assert found("说明.docx", word("一、总体情况。", "全镇共收入1234567元。")) == ()


def test_a_letter_may_hold_its_applicant_s_number_and_nobody_else_s():
    letter = word(f"申请人：{PERSON}")
    assert found("答复书.docx", letter, disclosure="", own=(PERSON,)) == ()
    (other,) = found("答复书.docx", letter, disclosure="")
    assert (other.rule, has_blocking_findings([other])) == ("proofread.identity", True)


def test_of_a_long_register_the_first_few_are_told():
    content = "\n".join(generated.mobile(generated.drawn(seed)) for seed in range(40)).encode()
    assert len(found("名单.txt", content)) == 10


def with_parts(content: bytes, parts: dict[str, str | bytes]) -> bytes:
    """The file with further parts, or with other content in those it has."""
    stream = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(stream, "w") as made:
        for entry in source.namelist():
            if entry not in parts:
                made.writestr(entry, source.read(entry))
        for entry, text in parts.items():
            made.writestr(entry, text)
    return stream.getvalue()


def settings(**words: str) -> bytes:
    made = Workbook()
    sheet = made.active
    sheet["A1"] = "甲村"
    if "header" in words:
        sheet.oddHeader.center.text = words["header"]
    if "choices" in words:
        choice = DataValidation(type="list", formula1=f'"{words["choices"]}"')
        choice.add("A2")
        sheet.add_data_validation(choice)
    made.properties.description = words.get("description", "")
    sheet.title = words.get("title", "名册")
    return saved(made)


PLAIN = book({"A1": "甲村"})


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.xlsx", with_parts(PLAIN, {"xl/pivotCache/pivotCacheRecords1.xml": f'<r><n v="{MOBILE}"/></r>'}), "pivot"),
        ("a.xlsx", with_parts(PLAIN, {"xl/pivotCache/pivotCacheRecords1.xml": f'<r><n v="{MOBILE}.0"/></r>'}), "pivot"),
        ("a.xlsx", with_parts(PLAIN, {"xl/externalLinks/externalLink1.xml": f"<c><v>{MOBILE}</v></c>"}), "external_link"),
        ("a.xlsx", with_parts(PLAIN, {"xl/charts/chart1.xml": f"<c><v>联系{MOBILE}</v></c>"}), "chart"),
        ("a.xlsx", settings(header=f"联系{MOBILE}"), "sheet_settings"),
        ("a.xlsx", settings(choices=f"甲,{MOBILE}"), "sheet_settings"),
        ("a.xlsx", settings(title=MOBILE), "sheet_names"),
        ("a.xlsx", settings(description=f"联系{MOBILE}"), "properties"),
        ("a.docx", with_parts(word("情况"), {"customXml/item1.xml": f"<c>联系{MOBILE}</c>"}), "properties"),
    ],
)  # fmt: skip
def test_what_no_page_shows_leaves_the_office_too(name, content, place):
    findings = [one for one in found(name, content) if one.rule == "proofread.mobile"]
    assert {one.place.partition("#")[0] for one in findings} - {"cell"} == {place}
    assert has_blocking_findings(findings)
    for language in LANGUAGES:
        assert not any(line.startswith("[") for line in phrasebook(language).finding_lines(findings))


def test_a_number_split_over_cells_is_found_and_rows_of_figures_are_not():
    split = {
        "A2": PERSON[:6],
        "B2": PERSON[6:14],
        "C2": PERSON[14:],
        "A3": "370602",
        "B3": "19900101",
        "C3": "1234",
    }
    (finding,) = found("名册.xlsx", book(split))
    assert (finding.rule, finding.place) == ("proofread.identity", "split_cells#1/名册!A2:C2@1")
    assert PERSON not in "".join(phrasebook("zh").finding_lines([finding]))


CUT_PERSON, CUT_CARD = int(PERSON[:15] + "000"), 6222021234567890000


@pytest.mark.parametrize(
    ("value", "blocks"),
    [(CUT_PERSON, True), (float(CUT_PERSON), True), (CUT_CARD, True), (8123456789012340000, False)],
)
def test_a_long_number_that_lost_its_last_digits_is_said(value, blocks):
    (finding,) = found("名册.xlsx", book({"B3": value}))
    assert (finding.rule, finding.place) == ("proofread.lost_digits", "lost_digits#1/名册!B3@1")
    assert has_blocking_findings([finding]) is blocks
    for language in LANGUAGES:
        (line,) = phrasebook(language).finding_lines([finding])
        assert str(int(value))[:6] not in line
        assert f"{len(str(int(value)))} " in line


def test_a_long_number_that_is_whole_or_a_text_is_what_it_is():
    assert (
        found("名册.xlsx", book({"B3": 123_456_789_012_345, "B4": "8123456789012340000", "B5": 1.5e14})) == ()
    )
    content = book({"B3": 5})
    sheet = ZipFile(BytesIO(content)).read("xl/worksheets/sheet2.xml").decode()
    sheet = sheet.replace(
        "<v>5</v>", f"<v>{IDENTITY_OF_DIGITS}</v>"
    )  # as a program writes it that loses none
    (whole,) = found("名册.xlsx", with_parts(content, {"xl/worksheets/sheet2.xml": sheet}))
    assert whole.rule == "proofread.identity"


def test_a_cache_with_a_long_number_is_said_too():
    cached = f'<r><n v="{float(CUT_PERSON)!r}"/></r>'
    content = with_parts(PLAIN, {"xl/pivotCache/pivotCacheRecords1.xml": cached})
    (finding,) = found("a.xlsx", content)
    assert (finding.rule, finding.place) == ("proofread.lost_digits", "lost_digits_unseen#1/@1")
    assert not any("[" in line for line in phrasebook("zh").finding_lines([finding]))


@pytest.mark.parametrize(
    ("name", "holder", "folder"), [("a.docx", word("情况"), "word"), ("a.xlsx", PLAIN, "xl")]
)
def test_what_is_embedded_leaves_the_office_too(name, holder, folder):
    inner = book({"A1": f"联系{MOBILE}"})
    parts = {
        f"{folder}/embeddings/图表数据.xlsx": with_parts(
            inner, {"xl/embeddings/里层.docx": word(f"号{PERSON}")}
        ),
        f"{folder}/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0 an older program's",
    }
    findings = found(name, with_parts(holder, parts))
    assert [(one.rule, one.place) for one in findings] == [
        ("proofread.mobile", "embedded#1/图表数据.xlsx@3"),
        ("proofread.identity", "embedded#1/图表数据.xlsx@2"),
        ("proofread.unread", "unread"),
    ]
    assert findings[-1].found == f"{name} / oleObject1.bin"
    lines = " ".join(phrasebook("zh").finding_lines(findings))
    assert "嵌入的文件“图表数据.xlsx”" in lines
    assert MOBILE not in lines


def test_files_inside_files_without_end_are_read_to_a_depth_and_then_named():
    content = word(f"联系{MOBILE}")
    for _ in range(4):
        content = with_parts(word("情况"), {"word/embeddings/内.docx": content})
    assert [(one.rule, one.found) for one in found("a.docx", content)] == [
        ("proofread.unread", "a.docx / 内.docx")
    ]


def test_proofreading_a_docx_reads_what_is_embedded(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(with_parts(word("情况"), {"word/embeddings/表.xlsx": book({"A1": f"联系{MOBILE}"})}))
    found_here = proofread_text(read_manuscript_with_traces(path), OFFICE, RULES)
    assert [one.place for one in found_here if one.rule == "proofread.mobile"] == ["embedded#1/表.xlsx@3"]
