"""A text from its first draft to the page where it stands, by commands, on a website of our own."""

import json

import pytest
from typer.testing import CliRunner

from bot.__main__ import app as command_line
from bot.cli.common.context import CommandContext
from bot.services.app import open_app

BODY = "防汛通知\n各村：\n请于2026年11月30日前检查排水沟渠。\n联系单位：农业农村办公室。"
STAGES = (
    ("secrecy_officer", "保密审查"),
    ("farming_director", "初审·一校"),
    ("office_director", "复审·二校"),
    ("deputy_mayor", "终审·三校"),
)
PAGE = "<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"


@pytest.fixture
def town(app):
    file = app.home.office_file
    text = file.read_text("utf-8").replace("hosts = [", 'hosts = ["127.0.0.1", ')
    file.write_text(text.replace("allow_private = false", "allow_private = true"), "utf-8")
    return open_app(app.home.path, app.clock)


def published_page(title="防汛通知", body=BODY):
    paragraphs = "".join(f"<p>{line}</p>" for line in body.split("\n")[1:])
    return PAGE.format(title=title, body=paragraphs)


def run(town, *words, code=0):
    done = CliRunner().invoke(
        command_line, [*words, "--home", str(town.home.path)], obj=CommandContext(town.clock)
    )
    refused = getattr(done.exception, "exit_code", done.exit_code)
    assert refused == code, (words, done.output, done.exception)
    return done.output


def drafted(town, tmp_path, text=BODY, code=0):
    file = tmp_path / "body.txt"
    file.write_text(text, "utf-8")
    return run(town, "text", "draft", "1", "--by", "office_deputy", "--file", str(file), code=code)


def digest_of(town):
    return json.loads(run(town, "text", "show", "1", "--json"))["digest"]


def test_a_text_is_made_read_signed_published_and_proved(town, site, tmp_path):
    run(town, "text", "new", "--title", "防汛通知", "--by", "office_deputy", "--from", "farming")
    drafted(town, tmp_path)
    digest = digest_of(town)
    site.page("/1.html", published_page())
    address = site.url("/1.html")
    run(town, "text", "published", "1", "--by", "clerk", "--at", address, code=1)
    for who, stage in STAGES:
        run(town, "text", "sign", "1", "--by", who, "--stage", stage, "--digest", digest)
    said = run(town, "text", "published", "1", "--by", "clerk", "--at", address)
    assert "一致" in said
    proof, sheet = tmp_path / "proof.json", tmp_path / "sheet.docx"
    run(town, "text", "proof", "1", "--out", str(proof))
    run(town, "text", "sheet", "1", "--out", str(sheet))
    assert sheet.stat().st_size > 10_000
    assert "证明有效" in CliRunner().invoke(command_line, ["verify", str(proof)]).output
    assert "证明有效" in run(town, "verify", str(proof))
    forged = proof.read_text("ascii").replace(digest[:8], "0" * 8)
    proof.write_text(forged, "ascii")
    assert CliRunner().invoke(command_line, ["verify", str(proof)]).exit_code == 1


def test_personal_data_stops_a_draft_and_says_where(town, tmp_path):
    run(town, "text", "new", "--title", "防汛通知", "--by", "office_deputy", "--from", "farming")
    said = drafted(town, tmp_path, BODY + "\n户主电话13800138000。", code=1)
    assert "13800138000" not in said
    with town.log() as log:
        assert log.end().position == 1


def test_an_edit_after_signatures_says_whose_fall(town, tmp_path):
    run(town, "text", "new", "--title", "防汛通知", "--by", "office_deputy", "--from", "farming")
    drafted(town, tmp_path)
    run(
        town,
        "text",
        "sign",
        "1",
        "--by",
        "secrecy_officer",
        "--stage",
        "保密审查",
        "--digest",
        digest_of(town),
    )
    said = drafted(town, tmp_path, BODY + "\n补充一句。")
    assert "保密审查员在“保密审查”的签名将作废" in said


def _raise(fault):
    raise fault


def test_a_title_that_comes_again_on_another_day_is_another_text(town):
    new = ("text", "new", "--title", "值班安排", "--by", "office_deputy", "--from", "farming", "--made-on")
    run(town, *new, "2026-11-02")
    assert "已立案 2：《值班安排》" in run(town, *new, "2026-11-16")
    for day in ("2026-11-02", "2026-11-16"):
        run(town, *new, day, code=1)
