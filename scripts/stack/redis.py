"""A private Redis that keeps nothing on disk: Pawl works without its content."""

import asyncio
from pathlib import Path

import paths
from child import Child
from ledger import Ledger
from ports import Ports
from services import Service


class Redis(Service):
    name = "redis"
    setting = "REDIS_URL"
    grace_seconds = 5.0
    shows_log = False

    def __init__(self, ports: Ports, first_port: int):
        self.port = ports.next_free(first_port)
        self.password = paths.secret("redis-password").read_text().strip()
        self.folder: Path | None = None

    @property
    def url(self) -> str:
        return f"redis://default:{self.password}@127.0.0.1:{self.port}/"

    async def launch(self, ledger: Ledger, output: int) -> Child:
        if not self.folder:
            self.folder = paths.make_socket_folder(None)
            ledger.add_scratch(self.folder)
        # The password is in a file because every user can read command lines.
        paths.write_whole(self.folder / "redis.conf", self._configuration())
        return await Child.start(
            ledger,
            self.name,
            ["redis-server", str(self.folder / "redis.conf")],
            folder=self.folder,
            output=output,
        )

    def _configuration(self) -> str:
        return (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f"unixsocket {self.folder}/redis.sock\nunixsocketperm 700\n"
            f'dir {self.folder}\nsave ""\nappendonly no\n'
        )

    async def is_ready(self) -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(self.folder / "redis.sock")
            writer.write(f"AUTH {self.password}\r\nPING\r\n".encode())
            answers = [await reader.readline(), await reader.readline()]
            writer.close()
        except OSError:
            return False
        return answers == [b"+OK\r\n", b"+PONG\r\n"]
