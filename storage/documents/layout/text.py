"""Cleans texts for print, and splits a paragraph's own heading from the rest."""

from __future__ import annotations

import re

LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")  # pasted from Word, a web page or an old system
UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML file may hold these
LEAD = re.compile(r"[（(][一二三四五六七八九十]+[）)][^。\n]*。?")  # （一）主动公开情况。
LONGEST_LEAD = 56  # two lines of 28 characters: what runs longer is a sentence, not a heading
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")  # a spreadsheet runs a text that begins with one of these
TITLE_LINE = 20  # characters of size 2 in one line of the text block (156 mm), rounded down


def printable(text: str) -> str:
    """The text with uniform line ends and without the characters that no document can carry."""
    return UNPRINTABLE.sub("", LINE_ENDS.sub("\n", text))


def escape_formula(text: str) -> str:
    """The text in a form that a spreadsheet shows and does not run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(printable(text).split())


def split_lead(paragraph: str) -> tuple[str, str]:
    """A paragraph's own heading （一）…。 and the rest; either may be empty."""
    found = LEAD.match(paragraph)
    if found is None or len(found.group()) > LONGEST_LEAD:
        return "", paragraph
    return found.group(), paragraph[found.end() :]


def title_lines(title: str, agency: str) -> list[str]:
    """The lines of a title: one that is too long breaks after the agency's name."""
    rest = title.removeprefix(agency)
    if len(title) <= TITLE_LINE or not agency or rest in {title, ""}:
        return [title]
    return [agency, rest]
