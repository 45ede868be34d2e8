"""Ports on loopback: what was asked for, or the next one that nobody has.

Between a probe and the bind of the server it was made for lies a moment, for ours as long as a
build. So a supervisor also holds a name for every port it gives, in Linux's abstract socket
namespace: it is seen by exactly those who share our ports, and the kernel frees it with us. Two
supervisors that start together thus never choose the same port.
"""

import errno
import socket


class Ports:
    """Gives each port once, on the whole machine."""

    def __init__(self) -> None:
        self.held: list[socket.socket] = []

    def next_free(self, first: int) -> int:
        for port in range(first, 65536):
            if self.take("127.0.0.1", port):
                return port
        raise RuntimeError(f"no free port from {first} up")

    def take(self, host: str, port: int) -> bool:
        """Keeps `port` for us as long as this process lives, unless somebody has it."""
        name = socket.socket(socket.AF_UNIX)
        if _is_taken(name, f"\0pawl-port-{port}") or _listens(host, port):
            name.close()
            return False
        self.held.append(name)
        return True


def _listens(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the servers do: a port that only lingers after its last owner is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _is_taken(probe, (host, port))


def _is_taken(probe: socket.socket, address: str | tuple[str, int]) -> bool:
    """An address that is wrong in another way is for its server to refuse, with the reason."""
    try:
        probe.bind(address)
    except OSError as refused:
        return refused.errno == errno.EADDRINUSE
    return False
