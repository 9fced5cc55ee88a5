"""Matches of personal data in a text, and the labels around a number that say what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from config.findings import Severity

MASK_CHARACTER = "*"
_BRACKETS = "()（）"
_LABEL_LENGTH = 14  # characters in which a label stands before its number
_SUFFIX_LENGTH = 6
_OTHER_LABEL = re.compile(
    r"(?:编号|单号|文号|案号|档号|卷号|批号|批次|流水号?|代码|编码|条码|条形码|序列号|序号|注册号|执照号?|许可证号?|备案号"
    r"|登记号|合同号?|发票号?码?|订单号?|工号|学号|标准号?|型号|货号|图号|项目号|宗地号|运单号?|快递号?|商品码|IMEI)"
    r"(?:码|为|是|[:：（(\s])*[A-Za-z]{0,4}[-\s]?$"
)
_ORGANISATION = re.compile(
    r"(?:信用代码|机构代码|税号|纳税人识别号|对公账[户号]|对公|基本户|财政专户|单位账[户号])[^，。；]{0,8}$"
)
_UNIT = re.compile(
    r"\s*(?:\.\d|,\d{3}(?!\d)|[%％‰]|(?:多|余)?(?:万|亿|千|百)*(?:余|多)?(?:元|人|户|吨|亩|公顷|平方|立方|千瓦|度|米|公里|公斤|千克"
    r"|件|条|次|个|份|项|家|名|头|只|棵|株|册|斤|升|兆|字节|页))"
)
_CONTINUATION = re.compile(r"[A-Za-z][A-Za-z0-9]|\d")
_MONEY = re.compile(r"(?:[¥￥$]|人民币|金额|共计|合计|总额|资金|投资|产值|[\d.][.,])\s*$")


class PersonalDataKind(StrEnum):
    """The kinds of personal data; the value is the rule's key."""

    IDENTITY = "identity"
    IDENTITY_OLD = "identity_old"
    IDENTITY_LIKE = "identity_like"
    IDENTITY_DOUBTFUL = "identity_doubtful"
    MOBILE = "mobile"
    LANDLINE = "landline"
    HOME_PHONE = "home_phone"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    PASSPORT = "passport"


MISTYPED_IDENTITY = frozenset({PersonalDataKind.IDENTITY_LIKE, PersonalDataKind.IDENTITY_DOUBTFUL})
"""Identity numbers with a wrong check character: those that are called so, and those that only look like one."""
TELEPHONES = frozenset({PersonalDataKind.MOBILE, PersonalDataKind.LANDLINE, PersonalDataKind.HOME_PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataMatch:
    """A match of personal data from offset ``start`` to before ``end``; ``digits`` are never shown."""

    kind: PersonalDataKind
    start: int
    end: int
    digits: str

    def __repr__(self) -> str:
        """Return the kind and place only: a traceback must not show the digits."""
        return f"PersonalDataMatch({self.kind}@{self.start})"

    @property
    def severity(self) -> Severity:
        """An error; a warning for a landline, which may be an office's, and for a mistyped identity number."""
        advice = {PersonalDataKind.LANDLINE, *MISTYPED_IDENTITY}
        return Severity.WARNING if self.kind in advice else Severity.ERROR


def label_before(text: str, start: int) -> str:
    """Return the characters before a number in which a label would stand."""
    return text[max(0, start - _LABEL_LENGTH) : start]


def is_other_number(text: str, start: int) -> bool:
    """Whether the words before a number say it is an organisation's or a thing's."""
    words = label_before(text, start)
    return bool(_OTHER_LABEL.search(words) or _ORGANISATION.search(words))


def is_organisation_number(text: str, start: int) -> bool:
    """Whether the words before a number say it is an organisation's code or account."""
    return bool(_ORGANISATION.search(label_before(text, start)))


def continues_as_code(text: str, end: int) -> bool:
    """Whether letters or digits follow the number, so that it is the beginning of a longer code."""
    return bool(_CONTINUATION.match(text[end : end + _SUFFIX_LENGTH]))


def is_amount(text: str, start: int, end: int) -> bool:
    """Whether a number is an amount: a unit behind it, a sign of money or a decimal point beside it."""
    return bool(_UNIT.match(text[end : end + _SUFFIX_LENGTH]) or _MONEY.search(label_before(text, start)))


def blank_out(text: str, matches: Iterable[PersonalDataMatch]) -> str:
    """Return the text with the matches masked, in the same length; brackets stay, so that pairs remain complete."""
    signs = list(text)
    for match in matches:
        for at in range(match.start, match.end):
            signs[at] = signs[at] if signs[at] in _BRACKETS else MASK_CHARACTER
    return "".join(signs)
