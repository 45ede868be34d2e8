"""Building for `make run`: the three binaries and, at the same time, the web client."""

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import paths
from binaries import PROGRAMS
from child import how_it_ended
from console import LogFile, say
from group import Group

# Compiles in less than half the time of the release profile.
PROFILE = "local"
FOLDER = paths.ROOT / "target" / PROFILE
PROGRESS_EVERY_SECONDS = 5
# "    Building [==>      ] 12/370: aws-lc-sys, serde_core(build)"
PROGRESS = re.compile(r"\s*Building \[[=> ]*\] (\d+)/(\d+)(?:: (.*\S))?")
# One line for each crate would hide the progress.
PER_CRATE = re.compile(r"\s*(Compiling|Downloaded) \S+ v")


async def build_binaries(group: Group) -> None:
    command = ["cargo", "build", "--profile", PROFILE, "--locked", "--target-dir", FOLDER.parent]
    command += [word for program in PROGRAMS for word in ("-p", program.name)]
    settings = commit_of_build()
    if sys.stderr.isatty():
        # cargo draws its own progress bar.
        return await group.succeed(command, settings)
    log = CargoLog(paths.LOGS / "build.log")
    follower = asyncio.create_task(log.follow("pawl"))
    # Without a terminal, cargo reports its progress only when these two are set.
    settings |= {"CARGO_TERM_PROGRESS_WHEN": "always", "CARGO_TERM_PROGRESS_WIDTH": "120"}
    output = log.open_for_child()
    try:
        await group.succeed(command, settings, output)
    finally:
        os.close(output)
        follower.cancel()
        log.show_rest("pawl")


def commit_of_build() -> dict[str, str]:
    """The commit that the binaries log and report, unless the caller has set one."""
    command = ["git", "-C", paths.ROOT, "describe", "--always", "--dirty", "--exclude=*"]
    if "PAWL_COMMIT" in os.environ:
        return {}
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"PAWL_COMMIT": told.stdout.strip()}


class CargoLog(LogFile):
    """Shows cargo's output without a line for each crate, but with a count every few seconds."""

    # A progress bar ends with a carriage return.
    line_end = re.compile(rb"[\r\n]")

    def __init__(self, path: Path):
        super().__init__(path)
        self.next_progress = time.monotonic()

    def show_line(self, line: str, name: str) -> None:
        if progress := PROGRESS.match(line):
            if time.monotonic() >= self.next_progress:
                self.next_progress = time.monotonic() + PROGRESS_EVERY_SECONDS
                built, total, now = progress.groups("")
                say(f"built {built} of {total} crates; building {now}", name)
        elif line.strip() and not PER_CRATE.match(line):
            say(line.rstrip(), name)


async def build_web_client(group: Group) -> bool:
    """Whether it is there; without it the servers still work."""
    code = await group.step([paths.ROOT / "scripts/web-client"])
    if code != 0:
        say(f"the web client is missing: `scripts/web-client` {how_it_ended(code)}")
    return code == 0
