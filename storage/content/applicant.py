"""An applicant's data and their masked form, which every listing shows.

Pure. A mask keeps a declared part and puts the same two stars for the rest, so that not even the length of the hidden
part shows. A value that does not have the form a mask expects is hidden whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

STARS = "**"
MIN_NAME_LENGTH = 2  # a name of one character occurs in any sentence
MIN_OTHER_LENGTH = 5  # so does a short number

# Only those of two characters; a name of two characters is never read as a surname alone.
_COMPOUND_SURNAME = re.compile(
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|司空|夏侯|端木|独孤|南宫|宇文|长孙|轩辕|闻人|钟离"
    "|淳于|单于|太叔|申屠|公羊|澹台|公冶|宗政|濮阳|赫连|呼延|东郭|西门|南门|百里|第五"
)
# An organisation's name ends in one of these: only then are its last characters shown.
_ORGANISATION = re.compile(
    "[\u4e00-\u9fff]{2}.*(?:公司|集团|中心|合作社|事务所|委员会|基金会|联合会|协会|学会|商会|研究[院所]|大学|学院"
    "|[中小]学|学校|医院|银行|工厂|农场|企业|商行|经营部|报社|杂志社)"
)
MIN_ORGANISATION_LENGTH = 8  # two and two characters shown, at least as many hidden
MIN_NUMBER_LENGTH = 8  # of a shorter identity number two characters would be too much

_MOBILE = re.compile(r"1[0-9]{10}")
_LANDLINE = re.compile(r"[+\d][\d\-\s()（）]{6,}")
_MAIL = re.compile(r"[^@\s]{2,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}", re.IGNORECASE | re.ASCII)
# A province, and the city after it if it is named. By the provinces' names: 红旗小区 is no banner (旗).
_REGION = re.compile(
    "(?:北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南"
    "|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾)(?:省|市|(?:维吾尔|壮族|回族)?自治区)?"
    "(?:[\u4e00-\u9fff]{2,6}?(?:(?<!超)市|自治州|盟|地区))?"
)


class IdentityKind(StrEnum):
    """The kinds of identity document."""

    ID_CARD = "id_card"
    RESIDENCE_PERMIT = "residence_permit"
    PASSPORT = "passport"
    LICENCE = "licence"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Applicant:
    """An applicant's name, contact and identity document. ``contact`` is one telephone number or e-mail address."""

    name: str = ""
    contact: str = ""
    address: str = ""
    identity_kind: str = ""
    identity_number: str = ""
    note: str = ""
    """What the office's register says beside the request (备注): it often names somebody, so it can be erased."""

    def __repr__(self) -> str:
        """No data: a traceback or a log line must not identify a person."""
        return "Applicant(…)"

    def __bool__(self) -> bool:
        """True if any field is filled in."""
        return any(value for _, value in self.items())

    def items(self) -> Iterator[tuple[str, str]]:
        """Each field's key and value."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    def masked(self) -> Applicant:
        """The applicant with every field masked."""
        return Applicant(**{key: MASKS[key](value) for key, value in self.items()})

    @property
    def identity_key(self) -> str:
        """The text that identifies an applicant: the identity number, or else name and contact.

        Empty if there is only a name: two people may have the same.
        """
        if self.identity_number:
            return f"number {normalize_identifier(self.identity_number)}"
        if self.name and self.contact:
            return f"person {normalize_identifier(self.name)} {normalize_identifier(self.contact)}"
        return ""

    @property
    def numbers(self) -> frozenset[str]:
        """The contact, the identity number and every other number that stands in a field, in one spelling."""
        whole = {normalize_identifier(value) for _, value in self.items()}
        return frozenset(whole.union(*(re.findall(r"[0-9]+X?", value) for value in whole)) - {""})

    def fields_mentioned_in(self, text: str) -> tuple[str, ...]:
        """The fields whose values occur in a text, so that it must not enter the log."""
        normalized = normalize_identifier(text)
        return tuple(
            key for key, value in self.items() if _is_mentioned(key, normalize_identifier(value), normalized)
        )


def normalize_identifier(text: str) -> str:
    """One spelling of an identifier, whatever its width, case, spaces and dashes."""
    return re.sub(r"[\s\-‐–—]", "", unicodedata.normalize("NFKC", text)).upper()


def masked_name(name: str) -> str:
    """张** or 欧阳**; of an organisation the first and last two characters; of anyone else the first one."""
    name = name.strip()
    if len(name) >= MIN_ORGANISATION_LENGTH and _ORGANISATION.fullmatch(name):
        return f"{name[:2]}{STARS}{name[-2:]}"
    if len(name) > len("欧阳") and _COMPOUND_SURNAME.match(name):
        return f"{name[:2]}{STARS}"
    return f"{name[:1]}{STARS}" if len(name) > 1 else _fully_masked(name)


def masked_contact(contact: str) -> str:
    """Of a mobile number the first three and last four digits, of another number the last two digits."""
    contact = contact.strip()
    if _MOBILE.fullmatch(contact):
        return f"{contact[:3]}{STARS}{contact[-4:]}"
    if _MAIL.fullmatch(contact):
        return f"{contact[0]}{STARS}@{contact.partition('@')[2]}"
    return f"{STARS}{contact[-2:]}" if _LANDLINE.fullmatch(contact) else _fully_masked(contact)


def masked_address(address: str) -> str:
    """The province, and the city where it is named after it; a street, a village, a house never."""
    region = _REGION.match(address.strip())
    return f"{region[0]}{STARS}" if region else _fully_masked(address)


def masked_number(number: str) -> str:
    """The first and the last character of an identity number."""
    number = number.strip()
    return f"{number[0]}{STARS}{number[-1]}" if len(number) >= MIN_NUMBER_LENGTH else _fully_masked(number)


def _masked_kind(kind: str) -> str:
    return kind if kind in set(IdentityKind) else _fully_masked(kind)


def _fully_masked(text: str) -> str:
    return STARS if text.strip() else ""


def _is_mentioned(key: str, value: str, text: str) -> bool:
    if key in {"identity_kind", "note"}:
        return False
    return len(value) >= (MIN_NAME_LENGTH if key == "name" else MIN_OTHER_LENGTH) and value in text


MASKS: Mapping[str, Callable[[str], str]] = {
    "name": masked_name,
    "contact": masked_contact,
    "address": masked_address,
    "identity_kind": _masked_kind,
    "identity_number": masked_number,
    "note": _fully_masked,
}
