"""Runs Pawl's processes on one machine: `run`, or throw-away ones around a command.

Called by scripts/run and scripts/test. It is Python and not shell because it has to tell processes
apart, watch many of them at once and take them down in order, whatever signal arrives.
"""

import argparse
import asyncio
import os
import signal
import sys

from console import say
from run import run
from services import StartFailed
from throwaway import FOR_MEASURING, FOR_TESTS, with_services


def main() -> int:
    arguments = _arguments()
    # Whoever started us may have died before the kernel was told to let us know.
    if arguments.parent and os.getppid() != arguments.parent:
        return 1
    try:
        return asyncio.run(_until_signal(arguments))
    except StartFailed as failed:
        say(str(failed))
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/stack", description=__doc__)
    parser.add_argument("--parent", type=int, help="stop when this process, our parent, is gone")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="build, run and watch everything until a signal")
    around = commands.add_parser("with-services", help="throw-away Postgres and Redis around a command")
    around.add_argument("--measuring", action="store_true", help="durable, and with statistics")
    around.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")
    return parser.parse_args()


async def _until_signal(arguments: argparse.Namespace) -> int:
    """The first signal begins an orderly end; the second one hurries it."""
    hurry = asyncio.Event()
    received: list[signal.Signals] = []
    if arguments.command == "run":
        work = asyncio.ensure_future(run(hurry))
    else:
        settings = FOR_MEASURING if arguments.measuring else FOR_TESTS
        work = asyncio.ensure_future(with_services(arguments.words, settings, hurry))

    def on_signal(number: signal.Signals) -> None:
        received.append(number)
        if len(received) == 1:
            work.cancel()
        else:
            hurry.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, on_signal, number)
    try:
        return await work
    except asyncio.CancelledError:
        # `make run` has no other end than a signal; a cut test run has not passed.
        return 0 if arguments.command == "run" else 128 + received[0]


sys.exit(main())
