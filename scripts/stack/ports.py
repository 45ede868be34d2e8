"""Ports on loopback: what was asked for, or the next one that nobody listens on."""

import socket


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the servers do: a port that only lingers after its last owner is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Ports:
    """Gives each port once."""

    def __init__(self) -> None:
        self.given: set[int] = set()

    def next_free(self, first: int) -> int:
        for port in range(first, 65536):
            if port not in self.given and is_free("127.0.0.1", port):
                self.given.add(port)
                return port
        raise RuntimeError(f"no free port from {first} up")
