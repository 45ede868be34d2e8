"""Paths: the clone, its state folder `.pawl/`, and short paths outside of both.

PAWL_RUN_DIR moves the state folder; the tests of `make run` use it to run beside a real one.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("PAWL_RUN_DIR") or ROOT / ".pawl").resolve()
LOGS = STATE / "log"
KEYS = STATE / "keys"

# Postgres refuses to run as root, and its own user cannot enter a private home directory.
AS_ROOT = os.geteuid() == 0
ROOTS_CLUSTERS = Path("/var/lib/pawl")


def state_id() -> str:
    """A short name that is the same for every run with this state folder."""
    return hashlib.sha256(os.fsencode(STATE)).hexdigest()[:12]


def database_user() -> str | None:
    """The owner of new clusters if we are root; None means the calling user."""
    return "postgres" if AS_ROOT else None


def owner_of(path: Path) -> str | None:
    """The user who must run a server on `path`; None means the calling user."""
    owner = path.stat().st_uid
    return pwd.getpwuid(owner).pw_name if AS_ROOT and owner != 0 else None


def make_private_folder(path: Path, owner: str | None) -> None:
    """A folder of mode 0700 that belongs to `owner`."""
    path.mkdir(mode=0o700, parents=True)
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def make_socket_folder(owner: str | None) -> Path:
    """A fresh folder for sockets, whose paths must stay under 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="pawl-", dir="/tmp"))
    if owner:
        entry = pwd.getpwnam(owner)
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return path


def store() -> Path:
    """The folder of uploads, which are private until they are posted."""
    path = STATE / "store"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def secret(name: str) -> Path:
    """The file of a secret of 32 random bytes (base64url); creates it if it is missing."""
    path = KEYS / name
    if not path.exists():
        KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, secrets.token_urlsafe(32) + "\n", mode=0o600)
    return path


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Replaces a file atomically: readers see the old content or the new."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


class Lock:
    """An advisory lock; the kernel releases it when this process ends."""

    def __init__(self, name: str):
        STATE.mkdir(parents=True, exist_ok=True)
        self.path = STATE / name
        self.file = open(self.path, "a")

    def take(self) -> bool:
        """Takes the lock; False if another process has it."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def remove(self) -> None:
        """For locks whose name is used once."""
        self.path.unlink(missing_ok=True)
        self.file.close()
