"""The settings: read from BATON_*, checked together, refused with every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.config import CHECKOUT, Config, ConfigError, load_config, setting_name

POSTGRES = "postgresql+psycopg://baton@db/baton"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Config.model_fields:
        monkeypatch.delenv(setting_name(field), raising=False)


def mistakes(**settings: object) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        load_config(**settings)
    return refusal.value.mistakes


def test_without_any_setting_it_is_one_process_on_a_file_in_the_checkout() -> None:
    config = load_config()
    assert (config.host, config.port, config.workers, config.is_sqlite) == ("127.0.0.1", 8080, 1, True)
    assert config.database == f"sqlite:///{CHECKOUT / 'data' / 'baton.db'}"
    assert (config.origin, config.is_https) == ("http://127.0.0.1:8080", False)


def test_the_environment_is_read_and_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BATON_PORT", "9001")
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BATON_DATABASE_URL", "")
    config = load_config(host="0.0.0.0")
    assert (config.port, config.database) == (9001, f"sqlite:///{tmp_path}/baton.db")
    assert config.origin == "http://127.0.0.1:9001"


def test_an_argument_wins_over_the_environment_and_none_is_no_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PORT", "9001")
    assert load_config(port=9002).port == 9002
    assert load_config(port=None).port == 9001


def test_every_mistake_is_told_at_once_with_the_name_of_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATON_PORT", "eighty")
    monkeypatch.setenv("BATON_WORKERS", "0")
    monkeypatch.setenv("BATON_DATABASE_URL", "mysql://db/baton")
    monkeypatch.setenv("BATON_VISITOR_LIMIT", "often")
    monkeypatch.setenv("BATON_PUBLIC_URL", "chat.example.com")
    found = mistakes()
    names = [line.partition(":")[0] for line in found]
    assert sorted(names) == [
        "BATON_DATABASE_URL",
        "BATON_PORT",
        "BATON_PUBLIC_URL",
        "BATON_VISITOR_LIMIT",
        "BATON_WORKERS",
    ]


def test_settings_that_do_not_fit_together_are_told_with_the_others() -> None:
    names = [line.partition(":")[0] for line in mistakes(port="eighty", workers=2)]
    assert names == ["BATON_PORT", "BATON_WORKERS"]


def test_several_workers_need_postgresql() -> None:
    [mistake] = mistakes(workers=2)
    assert "PostgreSQL" in mistake
    assert load_config(workers=2, database_url=POSTGRES).workers == 2


@pytest.mark.parametrize("secret", ["secret", "changeme", "short", "aaaaaaaaaaaaaaaaaaaaaaaa"])
def test_a_placeholder_is_no_secret_where_several_machines_share_it(secret: str) -> None:
    [mistake] = mistakes(secret_key=secret, database_url=POSTGRES)
    assert "BATON_SECRET_KEY" in mistake


def test_a_secret_is_not_shown_by_repr() -> None:
    config = load_config(secret_key="a long and random secret", demo_password="correct horse")
    assert "random secret" not in repr(config)
    assert "correct horse" not in repr(config)


@pytest.mark.parametrize("url", ["postgres://baton@db/baton", "postgresql://baton@db/baton", POSTGRES])
def test_every_way_to_write_postgresql_means_the_same_driver(url: str) -> None:
    config = load_config(database_url=url)
    assert (config.database, config.is_sqlite) == (POSTGRES, False)


def test_behind_a_proxy_the_public_address_counts() -> None:
    config = load_config(public_url="https://chat.example.com/")
    assert (config.origin, config.is_https) == ("https://chat.example.com", True)
