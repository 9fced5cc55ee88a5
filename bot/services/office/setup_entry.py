"""Reads what is typed at the steps of a set-up, and refuses at the step what the office could not begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bot.language.date_parser import half_width
from config.declarations.website_freshness import FRESHNESS_RULES
from config.errors import Refusal
from config.hosts import WEB_SCHEMES, host_of_url, is_allowed_host, is_host
from config.office.schedule_validation import MAX_DUE_NUMBER

MAX_WHOLE_NUMBER = 99
FULL_NAME_ENDINGS = ("人民政府", "办事处", "委员会")
"""How a full name ends; the short name is the part before."""
_SEPARATORS = re.compile(r"[\n，,、；;]")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:[-/.月])(\d{1,2})日?|(\d{2})(\d{2})", re.ASCII)
_COMMON_YEAR = 2023  # 29 February is no day of every year
_COLUMN_PARTS = 3


class NotAWholeNumber(Refusal):
    """“{label}” is no number from {least} to {most}: “{found}”. Write it in digits."""


class NotADayOfMonths(Refusal):
    """No month has a day “{found}”. Write 1 to 31; where a month is shorter its last day is meant."""


class NotADayOfYears(Refusal):
    """“{label}”: “{found}” is no day of every year. Write month and day, such as 01-31."""


class NotAShortName(Refusal):
    """“{found}” is the full name. Write the short one, such as “{short}”: the full one is made of it."""


class NotAWebsite(Refusal):
    """“{found}” is no name of a website. Write it as www.example.gov.cn, several with commas between them."""


class NotAWebAddress(Refusal):
    """The column “{column}”: “{found}” is no web address. It begins with https://."""


class ColumnElsewhere(Refusal):
    """The column “{column}” lies at {found}, which is not among the websites: {expected}. Add or mend it."""


class ColumnUnread(Refusal):
    """“{line}” is no column. Write its name, its address and its kind (home, news, notice), with commas."""


def read_names(text: str) -> list[str]:
    """The names in a text, one a line or with any comma between them; each once."""
    names = (name.strip() for name in _SEPARATORS.split(text))
    return list(dict.fromkeys(name for name in names if name))


def read_short_name(text: str) -> str:
    """The short name of an office. NotAShortName where it is written as the full one: it would end twice."""
    for ending in FULL_NAME_ENDINGS:
        if text.endswith(ending) and text != ending:
            raise NotAShortName(found=text, short=text.removesuffix(ending))
    return text


def read_whole_number(text: str, label: str, most: int = MAX_WHOLE_NUMBER, least: int = 0) -> str:
    """A whole number as it was typed, in ASCII digits; empty for none. Raises NotAWholeNumber."""
    said = half_width(text).removesuffix("日").removesuffix("号")
    if said and not (said.isascii() and said.isdigit() and least <= int(said) <= most):
        raise NotAWholeNumber(label=label, found=text, least=least, most=most)
    return str(int(said)) if said else ""


def read_due_number(text: str, due: str, label: str) -> str:
    """The day or working day by which a month is due. Raises NotADayOfMonths or NotAWholeNumber."""
    most = MAX_DUE_NUMBER.get(due)
    if most is None:
        return read_whole_number(text, label)
    try:
        return read_whole_number(text, label, most, 1)
    except NotAWholeNumber as refused:
        if due != "day":
            raise
        raise NotADayOfMonths(found=text) from refused


def read_month_day(text: str, label: str) -> str:
    """A day of every year as MM-DD: 1-31, 1月31日 and 0131 alike; empty for none. Raises NotADayOfYears."""
    said = re.sub(r"\s", "", half_width(text))
    if not said:
        return ""
    found = _MONTH_DAY.fullmatch(said)
    try:
        month, day = (int(part) for part in found.groups() if part) if found else (0, 0)
        return f"{date(_COMMON_YEAR, month, day):%m-%d}"
    except ValueError as refused:
        raise NotADayOfYears(label=label, found=text) from refused


def read_hosts(text: str) -> list[str]:
    """The names of websites, without what a copied address has before and behind them. Raises NotAWebsite."""
    hosts = []
    for name in read_names(half_width(text)):
        host = host_of_url(name) if name.startswith(tuple(f"{one}://" for one in WEB_SCHEMES)) else name
        host = host.rstrip("/")
        if "." not in host or not is_host(host):
            raise NotAWebsite(found=name)
        hosts.append(host)
    return hosts


def read_column(line: str, kinds: Mapping[str, str], hosts: Sequence[str]) -> list[str]:
    """Name, address and kind of a column. Raises ColumnUnread, NotAWebAddress or ColumnElsewhere."""
    parts = [part.strip() for part in re.split("[，,]", line)]
    kind = kinds.get(parts[-1], parts[-1])
    if len(parts) != _COLUMN_PARTS or kind not in FRESHNESS_RULES:
        raise ColumnUnread(line=line)
    name, url, _ = parts
    host = host_of_url(url)
    if not host or "." not in host:
        raise NotAWebAddress(column=name, found=url)
    if hosts and not FRESHNESS_RULES[kind].elsewhere and not is_allowed_host(host, host, hosts):
        raise ColumnElsewhere(column=name, found=host, expected="、".join(hosts))
    return [name, url, kind]
