"""The settings of one installation: read from BATON_* once, checked together, and never changed afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "BATON_"
CHECKOUT = Path(__file__).resolve().parent.parent
MIN_SECRET = 16
PLACEHOLDERS = frozenset(
    {"secret", "secret-key", "changeme", "change-me", "change_me", "default", "dev", "development"}
)

MAIL_SECURITY = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "none"}
"""How the schemes of BATON_SMTP_URL are secured."""
MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}

Synchronous = Literal["FULL", "NORMAL"]


class ConfigError(Exception):
    """What is wrong with the settings, all of it at once: one sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Config(BaseSettings):
    """Every setting; the description is what docs/settings.md says about it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(
        default_factory=lambda: default_data_dir(),
        description="Folder of the database file, its copies before migrations, and the generated secret.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address that the server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port that the server listens on.")
    public_url: str | None = Field(
        None, description="Address of the installation as browsers see it, when a proxy stands before it."
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many proxies in front may name the visitor's address.")
    database_url: str | None = Field(
        None, description="`sqlite:////path/file.db` or `postgresql+psycopg://…`; by default a file in the data folder."
    )
    synchronous: Synchronous = Field(
        "FULL", description="SQLite's pragma; NORMAL is faster and may lose acknowledged messages at power loss."
    )
    redis_url: str | None = Field(
        None, description="`redis://…`: carries wake-ups between processes, and the counts of rate limits."
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs cookies and forms; the same on every machine. By default one is generated and kept."
    )
    workers: int = Field(1, ge=1, le=64, description="Server processes on this machine; more than 1 needs PostgreSQL.")
    jobs: Literal["inside", "apart"] = Field(
        "inside", description="Whether server processes also run the jobs, or only `baton worker` does."
    )
    session_days: int = Field(14, ge=1, le=365, description="Days after which a sign-in without use ends.")
    sign_in_attempts: int = Field(
        10,
        ge=1,
        le=1000,
        description="Failed sign-ins per e-mail and a quarter of an hour; per address ten times that.",
    )
    answer_delay: float = Field(
        0.6, ge=0, le=120, description="Seconds that the built-in answers from FAQ entries take, as an LLM would."
    )
    api_rate: int = Field(1000, ge=1, description="Requests per second of one secret or personal token, on average.")
    api_burst: int = Field(2000, ge=1, description="Requests at once of one secret or personal token.")
    visitor_limit: str = Field("30 per minute", description="Messages of one webchat visitor.")
    address_limit: str = Field("120 per minute", description="Webchat requests that write, of one address.")
    channel_limit: str = Field("3000 per minute", description="Messages of all visitors of one webchat channel.")
    smtp_url: SecretStr | None = Field(
        None,
        description="`smtp://user:password@host:587` (STARTTLS), `smtps://…:465` or `smtp+plain://host:25`: sends "
        "invitations, and tickets of mailboxes without a server of their own. Without it mail becomes .eml files in "
        "`mail` of the data folder.",
    )
    mail_from: str = Field(
        "Baton <baton@localhost>", min_length=3, max_length=254, description="Who the installation's own mail is from."
    )
    demo: bool = Field(False, description="Whether the demo's shop page is served; `baton demo` turns it on.")
    demo_password: SecretStr | None = Field(
        None, min_length=8, description="Password of the demo's users; by default one is generated and printed once."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged, to stderr.")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            name = make_url(value.replace("postgres://", "postgresql://", 1)).drivername
        except ArgumentError:
            raise ValueError("is not the address of a database") from None
        if name in ("postgres", "postgresql"):
            return "postgresql+psycopg://" + value.split("://", 1)[1]
        if name not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("public_url")
    @classmethod
    def _bare_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        parts = urlsplit(value.rstrip("/"))
        if not parts.hostname or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("is a scheme and a host, with a port if need be, and no path")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value else None
        if parts is not None and (parts.scheme not in MAIL_SECURITY or not parts.hostname or parts.path.strip("/")):
            raise ValueError(
                f"is one of {', '.join(MAIL_SECURITY)}, then :// and a host, with user and port if need be"
            )
        return value

    @field_validator("mail_from")
    @classmethod
    def _has_address(cls, value: str) -> str:
        if "@" not in value or any(each in value for each in "\r\n"):
            raise ValueError("is an address, as `Acme support <help@acme.test>`")
        return value

    @field_validator("visitor_limit", "address_limit", "channel_limit")
    @classmethod
    def _is_limit(cls, value: str) -> str:
        from limits import parse_many  # late: only needed when one is set or checked

        parse_many(value)
        return value

    @field_validator("workers")
    @classmethod
    def _one_process_on_sqlite(cls, value: int, info: ValidationInfo) -> int:
        if value > 1 and _is_sqlite(info.data.get("database_url", "unknown")):
            raise ValueError("more than 1 needs PostgreSQL in BATON_DATABASE_URL: SQLite takes one process")
        return value

    @field_validator("secret_key")
    @classmethod
    def _no_placeholder_where_it_is_shared(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        is_shared = not _is_sqlite(info.data.get("database_url", "unknown"))
        if value is not None and is_shared and _is_weak(value.get_secret_value()):
            raise ValueError(f"it is a placeholder or shorter than {MIN_SECRET} characters: use a random one")
        return value

    @property
    def database(self) -> str:
        """The database's address; a SQLite path in it is absolute."""
        return self.database_url or f"sqlite:///{self.data_dir / 'baton.db'}"

    @property
    def is_sqlite(self) -> bool:
        """The embedded form: one process and a file."""
        return _is_sqlite(self.database_url)

    @property
    def origin(self) -> str:
        """Where browsers find us, without a slash at the end."""
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return self.public_url or f"http://{shown}:{self.port}"

    @property
    def is_https(self) -> bool:
        return self.origin.startswith("https://")


def load_config(**overrides: Any) -> Config:
    """The settings of the environment with `overrides` (None is no override); raises ConfigError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Config(**given)
    except ValidationError as error:
        raise ConfigError([_sentence(dict(each)) for each in error.errors()]) from None


def setting_name(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def default_data_dir() -> Path:
    """`data` in the checkout, wherever the command is called from; without a checkout, in the working folder."""
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / "data"


def _is_sqlite(database_url: str | None) -> bool:
    return database_url is None or database_url.startswith("sqlite")


def _is_weak(secret: str) -> bool:
    return len(secret) < MIN_SECRET or secret.lower() in PLACEHOLDERS or len(set(secret)) < 4


def _sentence(error: dict[str, Any]) -> str:
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{setting_name(str(error['loc'][0]))}: {text}" if error["loc"] else text
