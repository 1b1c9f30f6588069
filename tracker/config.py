"""Settings: the environment first, then `instance/config.toml`, then defaults."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import ArgumentError

SECOND_FACTOR = ("off", "optional", "required")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PROJECT = Path(__file__).resolve().parents[1]


class ConfigError(ValueError):
    """A setting that cannot be used; the message names it and the remedy."""


@dataclass(frozen=True)
class Config:
    """Where everything lives and where the server listens.

    `instance` holds the SQLite files, the secret key and the archived documents.
    """

    instance: Path
    database_url: URL
    host: str = "127.0.0.1"
    port: int = 8000
    reports_database_url: URL | None = None
    reports_dir: Path | None = None
    public_url: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxy: str | None = None
    public_records: bool = False
    second_factor: str = "off"
    threads: int = 8
    statement_seconds: int = 30

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the settings; raises ConfigError for one that cannot be used."""
        environ = os.environ if environ is None else environ
        instance = Path(environ.get("TRACKER_INSTANCE") or PROJECT / "instance").expanduser().resolve()
        settings = _settings(instance, environ)
        default_url = URL.create("sqlite", database=str(instance / "tracker.db"))
        return cls(
            instance=instance,
            database_url=_database_url(settings["database_url"]) if "database_url" in settings else default_url,
            host=settings.get("host", cls.host),
            port=_number(settings, "port", cls.port, 65535),
            public_url=_public_url(settings),
            trusted_hosts=tuple(name.strip() for name in settings.get("trusted_hosts", "").split(",") if name.strip()),
            trusted_proxy=settings.get("trusted_proxy"),
            public_records=_yes_or_no(settings, "public_records"),
            second_factor=_second_factor(settings),
            threads=_number(settings, "threads", cls.threads, 200),
            statement_seconds=_number(settings, "statement_seconds", cls.statement_seconds, 3600),
            reports_database_url=_reports_database_url(settings),
            reports_dir=Path(settings["reports_dir"]).expanduser().resolve() if "reports_dir" in settings else None,
        )

    @property
    def accounts_url(self) -> URL:
        """The accounts: a file of their own beside the records, or the schema `accounts` on PostgreSQL."""
        if self.database_url.get_backend_name() == "postgresql":
            return self.database_url.update_query_dict({"options": "-csearch_path=accounts"})
        return URL.create("sqlite", database=str(self.instance / "accounts.db"))

    @property
    def reports_url(self) -> URL:
        """The records as reports read them: through a role or from a replica of their own, where there is one."""
        return self.reports_database_url or self.database_url

    @property
    def own_reports(self) -> Path:
        """The folder of the reports of whoever runs this installation."""
        return self.reports_dir or self.instance / "reports"

    @property
    def tls(self) -> bool:
        """Whether people reach the server by TLS, which something in front of it speaks."""
        return bool(self.public_url and self.public_url.startswith("https://"))

    @property
    def hosts(self) -> list[str]:
        """The host names that the server answers to; empty where it answers to any."""
        named = [*self.trusted_hosts, *([urlsplit(self.public_url).hostname or ""] if self.public_url else [])]
        return [*LOOPBACK, *named] if named or self.is_local else []

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server, unless something in front of it leads there."""
        return self.host in LOOPBACK

    @property
    def address(self) -> str:
        """Where people find the server; a browser on this machine, where nothing else is said."""
        if self.public_url:
            return self.public_url
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def documents(self) -> Path:
        """The folder of the archived source texts."""
        return self.instance / "documents"


NAMES = (
    "database_url",
    "host",
    "port",
    "public_url",
    "trusted_hosts",
    "trusted_proxy",
    "public_records",
    "second_factor",
    "reports_database_url",
    "reports_dir",
    "threads",
    "statement_seconds",
)


def _settings(instance: Path, environ: Mapping[str, str]) -> dict[str, str]:
    path = instance / "config.toml"
    from_file: dict[str, object] = {}
    if path.exists():
        try:
            from_file = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not readable as TOML: {error}") from error
        unknown = sorted(set(from_file) - set(NAMES))
        if unknown:
            raise ConfigError(f"{path}: unknown setting {unknown[0]!r}; known are: {', '.join(NAMES)}")
    from_environment = {name: environ[variable] for name in NAMES if environ.get(variable := f"TRACKER_{name.upper()}")}
    return {name: str(value) for name, value in from_file.items()} | from_environment


def _reports_database_url(settings: Mapping[str, str]) -> URL | None:
    if "reports_database_url" not in settings:
        return None
    return _database_url(settings["reports_database_url"], "TRACKER_REPORTS_DATABASE_URL")


def _yes_or_no(settings: Mapping[str, str], name: str) -> bool:
    value = settings.get(name, "no").lower()
    if value not in ("yes", "no", "true", "false"):
        raise ConfigError(f"TRACKER_{name.upper()}: {value!r} is no answer; write yes or no")
    return value in ("yes", "true")


def _second_factor(settings: Mapping[str, str]) -> str:
    value = settings.get("second_factor", Config.second_factor).lower()
    if value not in SECOND_FACTOR:
        raise ConfigError(f"TRACKER_SECOND_FACTOR: {value!r} is no answer; write {', '.join(SECOND_FACTOR)}")
    return value


def _public_url(settings: Mapping[str, str]) -> str | None:
    value = settings.get("public_url")
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ConfigError(f"TRACKER_PUBLIC_URL: {value!r} is no address of a site; write https://HOST, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _database_url(value: str, name: str = "TRACKER_DATABASE_URL") -> URL:
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ConfigError(
            f"{name} is not a database address; write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
        ) from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ConfigError(f"{name}: SQLite needs a file; write sqlite:////absolute/path.db")
        return url.set(drivername="sqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise ConfigError(f"{name}: {backend!r} is not supported; use SQLite or PostgreSQL")


def _number(settings: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = settings.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) <= most:
        raise ConfigError(f"TRACKER_{name.upper()}: {value!r} cannot be used; write a number from 1 to {most}")
    return int(value)
