"""What every test runs under: one thread, the same examples each time, no window and no network."""

import os
import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import hypothesis
import pytest
import torch

os.environ.setdefault("MPLBACKEND", "Agg")
torch.set_num_threads(1)
hypothesis.settings.register_profile("book", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.load_profile("book")


def is_local(host: object) -> bool:
    """Tell whether a host, by name or address, is this machine."""
    if host in (None, "", "localhost", b"localhost"):
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


def refuse_strangers(connect: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method of socket so that an internet address other than this machine's is an error."""

    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise RuntimeError(f"a test tried to reach {address[0]}, and tests use no network")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine, and every look-up of another machine's name."""
    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if not is_local(host):
            raise RuntimeError(f"a test tried to look up {host}, and tests use no network")
        return look_up(host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse_strangers(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", refuse_strangers(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield
