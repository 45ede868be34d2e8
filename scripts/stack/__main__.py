"""Runs Pawl's processes on one machine: `make run`, or temporary services around a command.

scripts/run and scripts/test call it. It is written in Python, not in shell, because it identifies
processes, watches many of them at once and stops them in order after any signal.
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
    # The parent may have died before `setpriv --pdeathsig` took effect.
    if arguments.parent and os.getppid() != arguments.parent:
        return 1
    try:
        return asyncio.run(_until_signal(arguments))
    except StartFailed as failed:
        say(str(failed))
        return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/stack", description=__doc__)
    parser.add_argument("--parent", type=int, help="exit if our parent is not this process")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="build, run and watch everything until a signal")
    around = commands.add_parser("with-services", help="run a command beside a temporary Postgres and Redis")
    around.add_argument("--measuring", action="store_true", help="durable Postgres with statistics of its statements")
    around.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND")
    return parser.parse_args()


async def _until_signal(arguments: argparse.Namespace) -> int:
    """The first signal starts an orderly shutdown; the second one shortens its waits."""
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
        # A signal is the normal end of `make run`, but an interrupted test run has failed.
        return 0 if arguments.command == "run" else 128 + received[0]


sys.exit(main())
