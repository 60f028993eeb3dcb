"""Where a server may listen, and where it keeps runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.web.security import ServerSettings, data_folder, is_loopback

LONG = "0123456789abcdef"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_a_loopback_address_needs_no_token(host: str, tmp_path: Path) -> None:
    assert ServerSettings(tmp_path, host=host).tokens == ()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org"])
def test_any_other_address_needs_one(host: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no token is set"):
        ServerSettings(tmp_path, host=host)
    assert ServerSettings(tmp_path, host=host, tokens=(LONG,)).host == host


@pytest.mark.parametrize("token", ["short", "with a blank inside", "ünicode-is-no-header", ""])
def test_a_token_is_long_and_plain(token: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="at least 16"):
        ServerSettings(tmp_path, tokens=(token,))


@pytest.mark.parametrize("name", ["workers", "most_runs", "most_seconds", "most_bytes", "keep"])
def test_a_limit_is_over_zero(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="above zero"):
        ServerSettings(tmp_path, **{name: 0})


@given(st.ip_addresses())
def test_loopback_is_what_the_standard_calls_so(address: object) -> None:
    assert is_loopback(str(address)) == address.is_loopback  # type: ignore[attr-defined]


def test_the_folder_follows_the_platform() -> None:
    home = Path("/people/anna")
    assert data_folder({"DETENTE_DATA_DIR": "/srv/runs"}, "linux", home) == Path("/srv/runs")
    assert data_folder({}, "linux", home) == home / ".local/share/detente"
    assert data_folder({"XDG_DATA_HOME": "relative"}, "linux", home) == home / ".local/share/detente"
    assert data_folder({}, "darwin", home) == home / "Library/Application Support/detente"
    assert data_folder({}, "win32", home) == home / "AppData/Local/detente/Data"
