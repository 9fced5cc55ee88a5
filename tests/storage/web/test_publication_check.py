"""Whether a page still says what was signed: situations a clerk can write, encodings, and laws of the comparison."""

import tomllib
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.reading.formats.html import read_page
from storage.web.http_client import fetch
from storage.web.http_results import FailureReason, FetchedPage, FetchFailure
from storage.web.page_comparison import match_page, normalize_text
from storage.web.publication_check import (
    NothingToCompare,
    PublicationCheck,
    PublicationState,
    check_publication,
)
from tests.storage.web.server import cut, drip, fifty_megabytes, flood, reply, silent

TABLE = tomllib.loads((Path(__file__).parent / "pages.toml").read_text("utf-8"))
TITLE, TEXT = TABLE["title"], TABLE["text"]
FRAME = (
    "<html><head><title>{title}_召都巴镇人民政府</title></head><body><nav>首页 政务公开</nav><h1>{title}</h1>"
    "<p>发布时间：2026-11-23 来源：党政办 字号：【大 中 小】</p><div id='zoom'>{body}</div><p>上一篇：无</p></body></html>"
)


def page_of(row):
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in TEXT.splitlines())
    if "page" in row:
        return row["page"].replace("{title}", TITLE).replace("{text}", paragraphs)
    return FRAME.format(title=TITLE, body=row["body"])


def framed(title=TITLE, text=TEXT):
    body = "".join(f"<p>{escape(part)}</p>" for part in text.splitlines())
    return FRAME.format(title=escape(title), body=body)


def got(body, kind="text/html; charset=utf-8", status=200):
    return FetchedPage(url="https://town.test/a", status=status, headers={"content-type": kind}, body=body)


@pytest.mark.parametrize("row", TABLE["page"], ids=lambda row: row["story"])
def test_a_page_is_judged(row):
    live = check_publication(got(page_of(row).encode()), TITLE, TEXT)
    assert live.state == row["state"], live
    told = (live.missing, live.added, live.title_now)
    assert told == (row.get("missing", ""), row.get("added", ""), row.get("title_now", ""))
    assert live.text_live is (row["state"] in {"live", "title_changed"})


# ── over the wire ────────────────────────────────────────────


def looked(site, policy, path="/a"):
    return check_publication(fetch(site.url(path), policy), TITLE, TEXT)


def test_a_page_that_stands_is_live(site, policy):
    site.page("/a", framed())
    assert looked(site, policy) == PublicationCheck(
        state=PublicationState.LIVE,
        url=site.url("/a"),
        status=200,
        title_live=True,
        text_live=True,
        encoding="utf-8",
    )


def test_a_page_that_moved_is_live_where_it_went(site, policy):
    site.redirect("/a", "/b")
    site.page("/b", framed())
    live = looked(site, policy)
    assert (live.state, live.url) == (PublicationState.LIVE, site.url("/b"))


@pytest.mark.parametrize(("status", "state"), [("404 Not Found", "vanished"), ("410 Gone", "vanished")])
def test_a_page_that_is_gone_has_vanished(site, policy, status, state):
    site.page("/a", framed())
    site.pages["/a"] = reply(framed().encode(), status)
    live = looked(site, policy)
    assert (live.state, live.status, live.why) == (state, int(status[:3]), "")


@pytest.mark.parametrize("status", ["500 Oh", "503 Busy", "403 No", "412 Robot", "202 Wait", "401 Who"])
def test_a_status_in_between_gives_no_verdict(site, policy, status):
    site.pages["/a"] = reply(framed().encode(), status)
    live = looked(site, policy)
    assert (live.state, live.status, live.why) == (PublicationState.UNREACHABLE, int(status[:3]), "status")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (silent, FailureReason.SLOW),
        (drip(b"HTTP/1.1 200 OK\r\n\r\n"), FailureReason.SLOW),
        (flood, FailureReason.TOO_LARGE),
        (fifty_megabytes, FailureReason.TOO_LARGE),
        (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"), FailureReason.BROKEN),
        (reply(status="302 Found", Location="/a"), FailureReason.REDIRECT_LOOP),
        (reply(status="302 Found", Location="http://elsewhere.test/"), FailureReason.REDIRECTED_AWAY),
    ],
    ids=["slow", "dripping", "endless", "50 MB", "broken", "loop", "away"],
)
def test_what_came_in_between_is_never_the_pages_fault(site, policy, hasty, page, why):
    site.pages["/a"] = page
    live = looked(site, hasty if why is FailureReason.SLOW else policy)
    assert (live.state, live.why, live.missing) == (PublicationState.UNREACHABLE, why, "")


def test_a_changed_title_is_told_with_what_it_is_now(site, policy):
    site.page("/a", framed(title="关于取暖补贴的通知"))
    live = looked(site, policy)
    assert (live.state, live.text_live) == (PublicationState.TITLE_CHANGED, True)
    assert live.title_now == "关于取暖补贴的通知_召都巴镇人民政府"


@pytest.mark.parametrize(
    ("encoding", "said", "found"),
    [
        ("utf-8", ("text/html", ""), "utf-8"),
        ("utf-8-sig", ("text/html; charset=gbk", "gbk"), "utf-8-sig"),
        ("utf-16", ("text/html", ""), "utf-16"),
        ("gb18030", ("text/html; charset=GB18030", ""), "gb18030"),
        ("gb18030", ("text/html", "gb18030"), "gb18030"),
        ("gb18030", ("text/html", ""), "gb18030"),
        ("gbk", ("text/html; charset=gb2312", ""), "gb2312"),
        ("gbk", ("text/html", "gb2312"), "gb2312"),
        ("gbk", ("text/html; charset=utf-8", "utf-8"), "gb18030"),
        ("gb18030", ("text/html; charset=nonsense", "utf-8"), "gb18030"),
        ("gbk", ("", ""), "gb18030"),
    ],
)
def test_a_page_is_read_in_whatever_encoding_it_stands(site, policy, encoding, said, found):
    header, meta = said
    page = framed().replace("<head>", f"<head><meta charset='{meta}'>" if meta else "<head>")
    site.page("/a", page.encode(encoding), content_type=header)
    live = looked(site, policy)
    assert (live.state, live.encoding) == (PublicationState.LIVE, found)


def test_signs_that_only_gb18030_has_are_read_where_gb2312_is_declared():
    text = "㐂村、𠮷村的村民：镕、堃、㛃"
    page = framed(text=text).replace("<head>", "<head><meta charset=gb2312>")
    live = check_publication(got(page.encode("gb18030"), "text/html; charset=gb2312"), TITLE, text)
    assert (live.state, live.encoding) == (PublicationState.LIVE, "gb18030")


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"%PDF-1.7", "application/pdf", "no_page"),
        (b"\x89PNG", "image/png", "no_page"),
        (b"\xff\x81\x00\xff", "text/html", "no_encoding"),
    ],
)
def test_what_is_no_page_gives_no_verdict(body, kind, why):
    live = check_publication(got(body, kind), TITLE, TEXT)
    assert (live.state, live.why) == (PublicationState.UNREACHABLE, why)


def test_a_plain_text_is_a_page_too():
    assert (
        check_publication(got(f"{TITLE}\n{TEXT}".encode(), "text/plain"), TITLE, TEXT).state
        is PublicationState.LIVE
    )


def test_nothing_to_compare_is_refused():
    with pytest.raises(NothingToCompare):
        check_publication(FetchFailure(url="https://town.test/", why=FailureReason.SLOW), " ", "\n　")
    assert check_publication(got(framed().encode()), TITLE, "").state is PublicationState.LIVE
    assert check_publication(got(framed().encode()), "", TEXT).state is PublicationState.LIVE


# ── laws ─────────────────────────────────────────────────────

SIGNS = "召都巴镇公告补贴标准村民会议通过发放取暖甲乙丙丁0123456789ABab，、：“”（）—…%<&"
SENTENCE = st.text(alphabet=SIGNS, min_size=1, max_size=12).map(lambda words: words + "。")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=4)
TEXTS = st.lists(PARAGRAPH, min_size=1, max_size=5)
TITLES = st.text(alphabet=SIGNS, min_size=2, max_size=12)


def joined(paragraphs):
    return "\n".join("".join(sentences) for sentences in paragraphs if sentences)


@given(title=TITLES, paragraphs=TEXTS)
def test_a_page_made_from_the_text_is_live(title, paragraphs):
    text = joined(paragraphs)
    live = check_publication(got(framed(title, text).encode()), title, text)
    assert (live.state, live.added) == (PublicationState.LIVE, "")


@given(title=TITLES, paragraphs=TEXTS, data=st.data())
def test_a_page_without_one_of_its_sentences_is_not(title, paragraphs, data):
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    which = data.draw(st.integers(0, len(paragraphs[at]) - 1))
    left = [list(sentences) for sentences in paragraphs]
    del left[at][which]
    page = framed(title, joined(left)).encode()
    live = check_publication(got(page), title, joined(paragraphs))
    assert live.state is PublicationState.CHANGED
    assert live.missing in joined(paragraphs).splitlines()


@given(paragraphs=TEXTS, data=st.data())
def test_a_page_with_one_other_sign_is_not(paragraphs, data):
    text = joined(paragraphs)
    at = data.draw(st.integers(0, len(text) - 1).filter(lambda place: text[place] != "\n"))
    other = text[:at] + "龘" + text[at + 1 :]
    assert (
        check_publication(got(framed(TITLE, other).encode()), TITLE, text).state is PublicationState.CHANGED
    )


@given(paragraphs=TEXTS, data=st.data())
def test_a_page_with_one_sign_more_is_not(paragraphs, data):
    text = joined(paragraphs)
    at = data.draw(st.integers(0, len(text)))
    other = text[:at] + "龘" + text[at:]
    assert (
        check_publication(got(framed(TITLE, other).encode()), TITLE, text).state is PublicationState.CHANGED
    )


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert normalize_text(normalize_text(text)) == normalize_text(text)


@given(st.text(max_size=200))
def test_any_characters_are_a_page(text):
    page = read_page(text)
    assert match_page("题", "文", page.words, page.names).missing in {"", "文"}


@given(st.binary(max_size=200))
def test_any_bytes_have_a_verdict(body):
    live = check_publication(got(body), TITLE, TEXT)
    assert live.state in {PublicationState.CHANGED, PublicationState.UNREACHABLE}


def test_a_headline_does_not_stand_in_for_the_first_paragraph_it_repeats():
    text = f"{TITLE}\n各村：请照办。"
    path = f"首页 > {TITLE}"
    assert check_publication(got(framed(TITLE, text).encode()), TITLE, text).state is PublicationState.LIVE
    page = framed(TITLE, "各村：请照办。").encode()
    assert check_publication(got(page), TITLE, text).missing == TITLE
    twice = framed(TITLE, text).replace("首页", path).encode()
    assert check_publication(got(twice), TITLE, text).state is PublicationState.LIVE
