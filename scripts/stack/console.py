"""Prints our messages and the children's logs to the terminal, each line with a prefix.

Children write to files, not to pipes: their logging must survive a killed supervisor, and the logs
remain afterwards.
"""

import asyncio
import os
import re
import sys
from pathlib import Path

COLOURS = {"api-server": "36", "upload-server": "35", "transcoder": "33", "pawl": "32"}
WIDTH = max(len(name) for name in COLOURS)
LOOK_EVERY_SECONDS = 0.1
# A larger log is truncated once it has been shown, so that a long run does not fill the disk.
LARGEST_LOG = 64 << 20
LONGEST_LINE = 1 << 20

# A log may contain characters that the encoding of the terminal lacks.
sys.stdout.reconfigure(errors="replace")
_coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def say(text: str, name: str = "pawl") -> None:
    for line in text.splitlines() or [""]:
        prefix = f"{name:<{WIDTH}} |"
        if _coloured:
            prefix = f"\x1b[{COLOURS.get(name, '37')}m{prefix}\x1b[0m"
        try:
            print(prefix, line, flush=True)
        except OSError:
            pass  # The terminal is gone; that must not stop an orderly end.


class LogFile:
    """A file that one child appends to; `follow` prints its new lines."""

    line_end = re.compile(rb"\n")

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.replace(path.with_name(path.name + ".1"))
        self.path = path
        self.reader = open(os.open(path, os.O_RDONLY | os.O_CREAT, 0o600), "rb")
        self.rest = b""

    def open_for_child(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND)

    async def follow(self, name: str) -> None:
        """Runs until cancelled."""
        while True:
            if not self.show(name):
                if self.reader.tell() > LARGEST_LOG:
                    os.truncate(self.path, 0)
                    self.reader.seek(0)
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    def show(self, name: str) -> bool:
        """Prints new complete lines; False if the file has not grown."""
        chunk = self.reader.read(1 << 16)
        *lines, self.rest = self.line_end.split(self.rest + chunk)
        if len(self.rest) > LONGEST_LINE:
            lines, self.rest = [*lines, self.rest], b""
        for line in lines:
            self.show_line(line.decode(errors="replace"), name)
        return bool(chunk)

    def show_line(self, line: str, name: str) -> None:
        say(line, name)

    def show_rest(self, name: str) -> None:
        """Prints the lines that `follow` has not read yet."""
        while self.show(name):
            pass

    def tail(self, lines: int = 15) -> str:
        text = self.path.read_bytes()[-16384:].decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])
