"""No test reaches another machine."""

import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_another_machine_is_refused(address: str) -> None:
    with pytest.raises(RuntimeError, match="tests use no network"):
        socket.create_connection((address, 80), timeout=0.1)


def test_another_machines_name_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"look up example\.org, and tests use no network"):
        socket.create_connection(("example.org", 80), timeout=0.1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
