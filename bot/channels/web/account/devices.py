"""Names a browser as its person knows it: the system and the program, nothing that tells two of them apart."""

from __future__ import annotations

SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PROGRAMS = (
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Lark", "飞书"),
    ("QQBrowser", "QQ浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""What stands in a browser's description, the more special first: most of them name Chrome and Safari too."""


def device_name(described: str) -> str:
    """The system and program in a browser's description of itself; empty where it names none we know."""
    found = (next((name for sign, name in known if sign in described), "") for known in (SYSTEMS, PROGRAMS))
    return " · ".join(filter(None, found))
