"""Ports on loopback: the preferred one, or the next free one.

Time passes between the probe of a port and the bind of its server, here as much as a build takes.
A supervisor therefore also binds a name for every port that it gives, in Linux's abstract socket
namespace: processes that share our ports share these names, and the kernel frees them when we end.
So two supervisors that start at the same time never choose the same port.
"""

import errno
import socket


class Ports:
    """Gives each port to one server only, on the whole machine."""

    def __init__(self) -> None:
        self.held: list[socket.socket] = []

    def next_free(self, first: int) -> int:
        for port in range(first, 65536):
            if self.take("127.0.0.1", port):
                return port
        raise RuntimeError(f"no free port from {first} up")

    def take(self, host: str, port: int) -> bool:
        """Reserves `port` until this process ends; False if it is in use."""
        name = socket.socket(socket.AF_UNIX)
        if _is_taken(name, f"\0pawl-port-{port}") or _listens(host, port):
            name.close()
            return False
        self.held.append(name)
        return True


def _listens(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the servers do: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _is_taken(probe, (host, port))


def _is_taken(probe: socket.socket, address: str | tuple[str, int]) -> bool:
    """Whether the address is in use. The server itself reports any other error of the address."""
    try:
        probe.bind(address)
    except OSError as refused:
        return refused.errno == errno.EADDRINUSE
    return False
