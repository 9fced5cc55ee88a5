"""The settings of the chat platforms: which bot the office has on each, whether it connects, and since when.

A secret is entered and never shown again. It is tried before it is saved, and the answer says in a sentence what is
wrong and what to click where on the platform's own site.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from bot.channels.stream.platform_interface import DOWN_FOR, REFUSED_FOR
from bot.channels.stream.platform_loading import load_platform, platform_folders, try_account
from bot.channels.web.request.request import NoSuchPage, PageRequest
from config.errors import Refusal
from config.office.channel_secrets import (
    ChannelAccount,
    load_channel_accounts,
    remove_channel_account,
    save_channel_account,
)
from storage.channels.line_states import LineState, LineStates

TRY, SAVE, REMOVE = "try", "save", "remove"


class AccountIncomplete(Refusal):
    """Enter both the id and the secret, as they stand on the platform's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCard:
    """One platform as the page shows it."""

    folder: str
    account_id: str
    state: LineState
    down: str = ""
    """Why it is not connected now, in words; empty where it is, or never was."""
    missing: str = ""
    """Why it cannot be used on this machine, as a sentence."""
    tried: str = ""
    """What came of trying it, as a sentence."""
    good: bool = False
    """Whether that succeeded."""


def channels_page(page: PageRequest) -> Response:
    """Every platform, whether it is set up, and the state of its connection."""
    return _render(page)


def submit_channel(page: PageRequest) -> Response:
    """Try, save or remove the bot of a platform."""
    folder, act = page.form.get("platform", ""), page.form.get("act", "")
    if folder not in platform_folders() or act not in {TRY, SAVE, REMOVE}:
        raise NoSuchPage
    try:
        if act == REMOVE:
            remove_channel_account(page.app.home.path, folder)
            if page.web_app.platforms:
                page.web_app.platforms.close(folder)
            return page.redirect("/settings/channels")
        account = _entered_account(page, folder)
        if act == SAVE:
            return _save(page, account)
        why = _try(page, account)
    except Refusal as refused:
        return _render(page, folder, page.labels.book.error(refused))
    return _render(page, folder, _sentence(page, folder, why), good=not why)


def _entered_account(page: PageRequest, folder: str) -> ChannelAccount:
    """The account of the form; an empty secret stands for the one that was saved before. AccountIncomplete."""
    account_id, secret = (page.form.get(name, "").strip() for name in ("id", "secret"))
    known = load_channel_accounts(page.app.home.path).get(folder)
    if known and account_id == known.id and not secret:
        return known
    if not account_id or not secret:
        raise AccountIncomplete
    server = known.server if known else ""
    return ChannelAccount(platform=folder, id=account_id, secret=secret, server=server)


def _save(page: PageRequest, account: ChannelAccount) -> Response:
    load_platform(account.platform)  # a part that is missing is told before anything is saved
    save_channel_account(page.app.home.path, account)
    if page.web_app.platforms:
        page.web_app.platforms.open(account)
    return page.redirect("/settings/channels")


def _try(page: PageRequest, account: ChannelAccount) -> str:
    """Connect once. The open connection of the same bot is closed meanwhile: a second one would displace it."""
    platforms = page.web_app.platforms
    known = load_channel_accounts(page.app.home.path).get(account.platform)
    if platforms and known:
        platforms.close(account.platform)
    try:
        return try_account(account, page.app.clock)
    finally:
        if platforms and known:
            platforms.open(known)


def _sentence(page: PageRequest, folder: str, why: str) -> str:
    if not why:
        return page.say("channels.tried")
    reason = why if why in REFUSED_FOR else "refused"
    words = [page.say(f"channels.why.{reason}")]
    if reason in {"token", "no_connection"}:
        words.append(page.say(f"channels.fix_{reason}.{folder}"))
    return "".join(words)


def _render(page: PageRequest, folder: str = "", tried: str = "", *, good: bool = False) -> Response:
    accounts = load_channel_accounts(page.app.home.path)
    cards = [_card(page, name, accounts.get(name)) for name in platform_folders()]
    entered = page.form.get("id", "").strip()
    shown = [
        replace(card, tried=tried, good=good, account_id=entered or card.account_id)
        if card.folder == folder
        else card
        for card in cards
    ]
    problem = bool(tried) and not good
    return page.render("settings_channels.html", 422 if problem else 200, cards=shown, moment=_moment(page))


def _card(page: PageRequest, folder: str, account: ChannelAccount | None) -> PlatformCard:
    channel = ""
    try:
        channel, missing = load_platform(folder).name, ""
    except Refusal as refused:
        missing = page.labels.book.error(refused)
    with page.app.store.reading() as connection:
        state = LineStates(connection, page.app.office.slug).get(channel)
    account_id = account.id if account else ""
    down = page.say(f"doctor.line_why.{state.why}") if state.why in DOWN_FOR else ""
    return PlatformCard(folder=folder, account_id=account_id, state=state, missing=missing, down=down)


def _moment(page: PageRequest) -> Callable[[datetime | None], str]:
    def moment(at: datetime | None) -> str:
        return page.labels.moment(at) if at else page.say("channels.never")

    return moment
