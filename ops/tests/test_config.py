"""Settings: a clear message for what can't work; given URLs switch engines off."""

import socket
from pathlib import Path

import pytest

from ops import postgres, secrets, valkey, waiting
from ops.config import HOST, Config, ConfigError
from ops.processes import CHANNELS, SERVICES, WALLET_POLICY, by_name, plan

URLS = {
    "DATABASE_URL": "postgresql://u:p@db/console",
    "DATABASE_OWNER_URL": "postgresql://o:p@db/console",
    "WALLET_DATABASE_OWNER_URL": "postgresql://o:p@db/wallet",
    "WALLET_DATABASE_URL": "postgresql://u:p@db/wallet",
    "RASA_DATABASE_URL": "postgresql://u:p@db/rasa",
    "VALKEY_URL": "redis://:pass%2Fword@cache:6380/0",
    "CHAIN_RPC_URL": "http://node:8545",
}


def _config(tmp_path: Path, **given: str) -> Config:
    return Config.from_environ({"DATA_DIR": str(tmp_path), **given})


@pytest.mark.parametrize("value", ["0", "65536", "abc", "-1", "80.0"])
def test_a_port_that_is_none_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match="WALLET_PORT"):
        _config(tmp_path, WALLET_PORT=value)


def test_two_processes_cannot_share_a_port(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="same port"):
        _config(tmp_path, PORT="9000", WALLET_PORT="9000")


def test_a_taken_port_names_its_setting(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        config = _config(tmp_path, RASA_PORT=str(port))
        with pytest.raises(ConfigError, match=f"port {port} is taken.*RASA_PORT"):
            waiting.require_free_ports(config, ["RASA_PORT"])


def test_everything_is_embedded_unless_an_url_is_given(tmp_path: Path) -> None:
    names = [process.name for process in plan(_config(tmp_path))]
    assert names[:3] == ["postgres", "valkey", "chain"]
    external = _config(tmp_path, **URLS)
    assert [process.name for process in plan(external)] == [p.name for p in SERVICES]


def test_telegram_is_polled_where_a_token_has_no_webhook(tmp_path: Path) -> None:
    token = {"TELEGRAM_BOT_TOKEN": "1:a"}
    assert "telegram" not in [process.name for process in plan(_config(tmp_path))]
    polled = by_name(_config(tmp_path, **token), "telegram")
    assert polled.environment(token)["TELEGRAM_BOT_TOKEN"] == "1:a"
    webhook = _config(tmp_path, **token, TELEGRAM_WEBHOOK_SECRET="s")
    assert "telegram" not in [process.name for process in plan(webhook)]


def test_given_urls_reach_the_processes_unchanged(tmp_path: Path) -> None:
    environment = _config(tmp_path, **URLS).environment(secrets.ensure(tmp_path))
    assert {name: environment[name] for name in URLS} == URLS
    assert environment["VALKEY_HOST"] == "cache"
    assert environment["VALKEY_PASSWORD"] == "pass/word"


def test_one_database_url_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give all of"):
        plan(_config(tmp_path, DATABASE_URL=URLS["DATABASE_URL"]))


def test_the_owner_role_is_never_the_serving_role(tmp_path: Path) -> None:
    given = {name: url for name, url in URLS.items() if name != "WALLET_DATABASE_OWNER_URL"}
    with pytest.raises(ConfigError, match="WALLET_DATABASE_OWNER_URL"):
        plan(_config(tmp_path, **given))


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    first = secrets.ensure(tmp_path)
    assert secrets.ensure(tmp_path) == first
    assert len(set(first.values())) == len(secrets.NAMES)
    file = tmp_path / secrets.FILE_NAME
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        secrets.load(tmp_path)


def test_a_secret_that_appears_later_leaves_the_others_alone(tmp_path: Path) -> None:
    first = secrets.ensure(tmp_path)
    file = tmp_path / secrets.FILE_NAME
    lines = [line for line in file.read_text().splitlines() if not line.startswith("RASA_TOKEN=")]
    file.write_text("\n".join(lines) + "\n")
    second = secrets.ensure(tmp_path)
    assert second["RASA_TOKEN"] != first["RASA_TOKEN"]
    assert {n: v for n, v in second.items() if n != "RASA_TOKEN"} == {
        n: v for n, v in first.items() if n != "RASA_TOKEN"
    }


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [
        ("console", ["WALLET_DATABASE_URL", "CHAIN_KEYSTORE_PASSWORD_ISSUER", "ACTIONS_TOKEN"]),
        ("wallet", ["DATABASE_URL", "RASA_TOKEN", "CHAIN_KEYSTORE_PASSWORD_ISSUER"]),
        ("wallet_worker", ["CHAIN_RPC_URL", "CHAIN_KEYSTORE_PASSWORD_ISSUER", "CHAIN_KEYS_DIR"]),
        ("relayer", ["WALLET_API_TOKEN_CONSOLE", "CHAIN_KEYSTORE_PASSWORD_ADMIN"]),
        ("rasa", ["DATABASE_URL", "WALLET_API_TOKEN_ACTIONS", "CONSOLE_API_TOKEN_ACTIONS"]),
        ("actions", ["RASA_TOKEN", "WALLET_API_TOKEN_CONSOLE", "RASA_DATABASE_URL"]),
        ("chain", ["POSTGRES_PASSWORD", "VALKEY_URL"]),
    ],
)
def test_a_process_sees_only_the_names_it_needs(
    tmp_path: Path, name: str, forbidden: list[str]
) -> None:
    config = _config(tmp_path)
    environment = config.environment(secrets.ensure(tmp_path))
    process = by_name(config, name)
    seen = process.environment(environment)
    optional = {
        "ALLOWED_HOSTS",
        "FORWARDED_ALLOW_IPS",
        "WEB_CHAT_ORIGINS",
        "MAP_TILES_URL",
        "MAP_TILES_ATTRIBUTION",
        "OPENID_ISSUER",
        "OPENID_CLIENT_ID",
        "OPENID_CLIENT_SECRET",
        "OPENID_ACR_VALUES",
        "OPENID_NAME",
        "GEOCODER_URL",
        "GEOCODER_TIMEOUT_S",
        "PHOTO_STORAGE_BACKEND",
        "PHOTO_STORAGE_OPTIONS",
        "EMAIL_URL",
        "EMAIL_FROM",
        "ONCALL_EMAIL",
        "WALLET_RECONCILE_EVERY_S",
        "CHAIN_SIGNER_URL",
        "HELP_DESK_HOURS",
        "STAFF_SESSION_S",
        "STAFF_SESSION_IDLE_S",
        "STAFF_CONFIRM_S",
        *WALLET_POLICY,
        *CHANNELS,
    }
    assert set(process.reads) <= set(seen) | optional
    assert not {*forbidden, "POSTGRES_PASSWORD", "DATABASE_OWNER_URL"} & set(seen)


def test_no_secret_stands_in_a_command_line(tmp_path: Path) -> None:
    config = _config(tmp_path)
    known = secrets.ensure(tmp_path)
    environment = config.environment(known)
    for process in plan(config):
        line = " ".join(process.command(config, environment))
        assert not [name for name, value in known.items() if value in line]


def test_the_engines_are_installed() -> None:
    assert valkey.server_binary().is_file()
    assert Path(postgres.binary("postgres")).is_file()
