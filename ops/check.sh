#!/bin/sh
# Everything that can be checked without starting the system; stops at the first failure.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/platform/bin
step() { printf -- '--- %s\n' "$*"; "$@"; }

# Settings modules refuse to load without their names; no check here connects to anything.
secret=0123456789abcdef0123456789abcdef
export CONSOLE_SECRET_KEY=$secret WALLET_SECRET_KEY=$secret RASA_TOKEN=$secret ACTIONS_TOKEN=$secret
export CONSOLE_DIGEST_KEY=$secret CONSOLE_ADDRESS_KEYS=$secret CONSOLE_URN_KEY=$secret
export CONSOLE_API_TOKEN_ACTIONS=$secret WALLET_API_TOKEN_CONSOLE=${secret}1 WALLET_API_TOKEN_ACTIONS=${secret}2
export DATABASE_OWNER_URL=postgresql://nobody@127.0.0.1:1/none MDMP_DB_ROLE=owner
export WALLET_DATABASE_OWNER_URL=$DATABASE_OWNER_URL
export VALKEY_URL=redis://127.0.0.1:1 RASA_URL=http://127.0.0.1:1 WALLET_URL=http://127.0.0.1:1
export CONSOLE_URL=http://127.0.0.1:1 ACTIONS_URL=http://127.0.0.1:1 PUBLIC_BASE_URL=http://localhost:1
export CHAIN_RPC_URL=http://127.0.0.1:1 CHAIN_ID=13055

step $bin/ruff format --check .
step $bin/ruff check .
step $bin/lint-imports
# Three configurations, a cache each: at once.
types=
for part in console wallet bot; do
    step $bin/mypy --config-file ops/mypy-$part.ini &
    types="$types $!"
done
for run in $types; do wait "$run"; done
for service in agent_console wallet_service; do
    step $bin/python -m $service.manage check --fail-level WARNING
    # Without a database the history can't be looked at, which Django warns about.
    step $bin/python -W ignore::RuntimeWarning -m $service.manage makemigrations --check --dry-run
    step $bin/python -m $service.manage export_openapi --check
done
step $bin/python -m agent_console.manage export_asyncapi --check
step $bin/python -m agent_console.manage export_roles --check
step $bin/check-jsonschema --builtin-schema vendor.compose-spec \
    docker-compose.yml chain/nodes/besu/compose.yml
step $bin/node chain/compile.mjs --check
step $bin/python -m ops.licences --check
printf 'all checks passed\n'
