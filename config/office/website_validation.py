"""Checks what an office's file says of its website: hosts, and the addresses and terms of its columns."""

from __future__ import annotations

from config.declarations.website_freshness import FRESHNESS_RULES
from config.hosts import host_of_url, is_allowed_host, is_host
from config.office.model import Office, WebsiteColumn
from config.office.schema import FindingCollector
from config.toml_lines import KeyPath


def check_site(office: Office, notes: FindingCollector) -> None:
    """Note invalid hosts, addresses outside the listed hosts, and terms longer than the rule's."""
    for at, host in enumerate(office.site.hosts):
        if host and not is_host(host):
            notes.add_finding("bad_host", ("site", "hosts", at), found=host)
    hosts = tuple(host for host in office.site.hosts if is_host(host))
    for at, column in enumerate(office.columns):
        _check_address(column, hosts, ("column", at, "url"), notes)
        _check_days(column, ("column", at, "days"), notes)


def _check_address(
    column: WebsiteColumn, hosts: tuple[str, ...], path: KeyPath, notes: FindingCollector
) -> None:
    host, rule = host_of_url(column.url), FRESHNESS_RULES.get(column.kind)
    if column.url and not host:
        notes.add_finding("bad_address", path, found=column.url)
    elif rule and rule.elsewhere:
        return
    elif host and hosts and not is_allowed_host(host, host, hosts):
        notes.add_finding("host_not_listed", path, found=host, expected=", ".join(hosts))


def _check_days(column: WebsiteColumn, path: KeyPath, notes: FindingCollector) -> None:
    """An office may ask more of itself than the rule does, never less."""
    rule = FRESHNESS_RULES.get(column.kind)
    if rule and column.days > rule.days:
        words = {"label": rule.label, "article": rule.article}
        notes.add_finding("days_longer", path, found=str(column.days), expected=str(rule.days), **words)
