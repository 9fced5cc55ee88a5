"""Checks what copying an older or another agency's report leaves behind: years, days, names, sentences.

The report's own year and agency are those of its title. A year named in passing is no fault; the period that the
figures cover, the day up to which they count and the words for oneself are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from config.findings import Finding, Severity
from storage.proofread.passages import Passage
from storage.proofread.wordlist import Wordlist
from storage.report_checks.prose import agency_level, report_passages
from storage.reporting.report import Report

_YEAR = re.compile(r"(20\d{2})年")
_PERIOD = re.compile(
    r"(20\d{2})年(\d{1,2})月(\d{1,2})日(?:起)?(?:至|到|—|－|-|~){1,2}(?:(20\d{2})年)?(\d{1,2})月(\d{1,2})日"
)
_UNTIL_YEAR = re.compile(r"截至(20\d{2})年(?:底|末|年底|年末|12月底|12月末|12月31日)")
_UNTIL_DAY = re.compile(r"截至(20\d{2})年12月(30)日")
_ANNOUNCED = re.compile(
    r"现(?:将|公布|发布|予以公布)?([\u4e00-\u9fff]{2,24}?(?:政府|局|委员会|委|办事处|办公室|中心|镇|乡|街道))(?:的)?"
    r"(?:20\d{2}年(?:度)?)(?:政府信息公开)?(?:工作)?(?:年度)?报告"
)
_OTHER_TOWN = re.compile(
    r"(?:^|[，。；、：（“”在由对与和县区市])"
    r"((?:(?![到在由的和与是对向把将从以各全本我该每两三四五六七八九十一个所至为被让给自均也都并且或及其之于有无不未可会要应需县区市])"
    r"[\u4e00-\u9fff]){2,3}(?:镇|乡|街道))(?:人民政府|党委|党工委|办事处|政府|人大|便民服务|政务公开|党政)"
)
_GENERIC = re.compile(r"(?:[我本全各该某乡区县市村集城]|建制|所辖|下辖|重点|中心)(?:镇|乡|街道)$")
_MIN_SENTENCE = 12  # characters: shorter ones are the same in every report
_MAX_SHARE = 0.5  # of section's characters that may stand as they did last year
_MIN_REPEATED = 100  # characters: a short section has few ways of saying the same
_WRITTEN_ANEW = frozenset({"overview", "proactive", "problems"})
"""The sections that tell of the year; the others repeat fixed sentences rightly."""
_MAX_PLACES = 6  # so many equal sentences are named


def check_copied(report: Report, wording: Wordlist) -> Iterator[Finding]:
    """Yield what belongs to another year or agency."""
    read = report_passages(report)
    if report.year:
        yield from _title_year(report, read)
        for passage in read:
            yield from _period(passage, report.year)
            yield from _notices(passage, report.year, wording)
    yield from _agencies(report, read)
    yield from _own_words(report, read, wording)


def _finding(rule: str, passage: Passage, found: str, expected: str, **parts: object) -> Finding:
    severity = parts.pop("severity", Severity.ERROR)
    return Finding(
        rule=rule,
        severity=Severity(str(severity)),
        place=passage.place,
        found=found,
        expected=expected,
        basis=str(parts.pop("basis", "")),
        words={**passage.words, **{key: str(word) for key, word in parts.items()}},
    )


def _title_year(report: Report, read: tuple[Passage, ...]) -> Iterator[Finding]:
    """Yield a finding where the text speaks of another year throughout than its title."""
    years = Counter(int(year) for passage in read for year in _YEAR.findall(re.sub(r"\s", "", passage.text)))
    if not years or not _YEAR.search(re.sub(r"\s", "", report.title)):
        return
    most, times = years.most_common(1)[0]
    if most != report.year and times > 1 and times > 2 * years[report.year]:
        passage = next(one for one in read if f"{most}年" in re.sub(r"\s", "", one.text))
        yield _finding("copied.title_year", passage, f"{report.year}年", f"{most}年", times=times)


def _period(passage: Passage, year: int) -> Iterator[Finding]:
    """Yield periods and days up to which something counts that are not this year's."""
    text = re.sub(r"\s", "", passage.text)
    expected = f"{year}年1月1日至12月31日"
    for match in _PERIOD.finditer(text):
        first, month, day, last, end_month, end_day = match.groups()
        whole = (month, day) == ("1", "1") and end_month == "12" and int(end_day) in {30, 31}
        if not whole:
            continue
        if int(first) != year or int(last or first) != year:
            yield _finding("copied.period", passage, match[0], expected)
        elif end_day != "31":
            yield _finding("copied.last_day", passage, f"{end_month}月{end_day}日", "12月31日")
    for match in _UNTIL_YEAR.finditer(text):
        if int(match[1]) != year:
            yield _finding("copied.year", passage, f"截至{match[1]}年", f"截至{year}年")
    if _UNTIL_DAY.search(text):
        yield _finding("copied.last_day", passage, "12月30日", "12月31日")


def _notices(passage: Passage, year: int, wording: Wordlist) -> Iterator[Finding]:
    for notice in wording.notices:
        if year >= notice.since and notice.pattern.search(re.sub(r"\s", "", passage.text)):
            yield _finding(
                "copied.replaced_notice",
                passage,
                notice.number,
                notice.replaced_by,
                basis=notice.source,
                severity=Severity.WARNING,
            )


def _stem(name: str) -> str:
    """Return an agency's name without what every government's has: 清水镇人民政府 → 清水镇."""
    return re.sub(r"[（(].{0,20}$|(?:人民)?政府$|办事处$|\s", "", name)


def _agencies(report: Report, read: tuple[Passage, ...]) -> Iterator[Finding]:
    """Yield the name of another agency where only this one's can stand."""
    own = _stem(report.agency)
    if not own:
        return
    is_town = own.endswith(("镇", "乡", "街道"))
    for passage in read:
        text = re.sub(r"\s", "", passage.text)
        for match in _ANNOUNCED.finditer(text):
            other = _stem(match[1])
            if own not in other and other not in own and not re.match(r"[我本]", other):
                yield _finding("copied.agency", passage, match[1], report.agency)
        for match in _OTHER_TOWN.finditer(text) if is_town else ():
            other = match[1]
            if not _is_same_town(other, own) and not _GENERIC.search(other):
                yield _finding("copied.agency", passage, other, report.agency)


def _is_same_town(found: str, own: str) -> bool:
    """Whether a run of signs before 镇 ends in the town's own name, as in 由清水镇 or 甘肃省清水县清水镇."""
    return any(found.endswith(own[-length:]) for length in range(3, 6) if len(own) >= length) or own in found


def _own_words(report: Report, read: tuple[Passage, ...], wording: Wordlist) -> Iterator[Finding]:
    """Yield the first of each word by which another kind of agency speaks of itself."""
    level = agency_level(report, wording)
    if level is None or not level.we:
        return
    noted: set[str] = set()
    for passage in read:
        for word in wording.self_words:
            if (
                word in level.we
                or word in level.we_above
                or word in noted
                or not _stands_alone(word, passage.text)
            ):
                continue
            noted.add(word)
            yield _finding("copied.own_word", passage, word, level.we[0], severity=Severity.WARNING)


def _stands_alone(word: str, text: str) -> bool:
    """Whether a word for oneself stands in a text, and is no part of a longer one: 我委托, 我办理."""
    return re.search(rf"{word}(?![托派任理事公院长域分间场])", text) is not None


def check_repeated(report: Report, previous: Report) -> Iterator[Finding]:
    """Yield each section of which more than half stands as it did in last year's report, with the places."""
    before = {
        _plain(sentence) for passage in report_passages(previous) for sentence in _sentences(passage.text)
    }
    for section in report.sections:
        if section.key not in _WRITTEN_ANEW:
            continue
        same, total, places = 0, 0, []
        for number, text in enumerate(section.paragraphs, start=1):
            for sentence in _sentences(text):
                total += len(sentence)
                if _plain(sentence) in before:
                    same += len(sentence)
                    places.append(f"第{number}段“{sentence[:_MIN_SENTENCE]}…”")
        if same > max(_MIN_REPEATED, _MAX_SHARE * total):
            yield Finding(
                rule="previous.repeated",
                severity=Severity.WARNING,
                place=f"section.{section.key}",
                found=str(same),
                expected=str(total),
                words={
                    "section": section.heading,
                    "share": f"{round(100 * same / total)}%",
                    "places": "、".join(places[:_MAX_PLACES]) + ("…" if len(places) > _MAX_PLACES else ""),
                },
            )


def _sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[。！？；\n])", re.sub(r"\s", "", text))
    return [part for part in parts if len(part) >= _MIN_SENTENCE]


def _plain(sentence: str) -> str:
    """Return a sentence without its figures: a copied one with new numbers is still the same wording."""
    return re.sub(r"\d+", "0", sentence)
