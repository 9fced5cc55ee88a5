"""Which addresses are the public internet's: what belongs to an office's own network is never asked."""

import pytest

from storage.web.guarded_network import is_public_address


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",
        "feff::1",
        "::1.2.3.4",
        "::10.0.0.1",
        "::8.8.8.8",
        "64:ff9b:1::808:808",
        "64:ff9b::a00:1",
        "fe80::1",
        "10.0.0.1",
        "::1",
        "ff02::1",
        "x",
    ],
)
def test_a_private_address_in_any_dress_is_private(address):
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_a_public_address_is_public(address):
    assert is_public_address(address)
