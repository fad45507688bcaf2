#!/bin/sh
# Runs once in an empty PostgreSQL: the roles and databases that `python -m ops` makes on one
# machine.  Passwords come from the environment under the names of secrets.env.
set -eu

sql() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$@"; }

# role NAME: its password is read from the environment, so it never stands in the process list.
role() {
    sql postgres --set=role="$1" --set=variable="$(echo "$1" | tr a-z A-Z)_PASSWORD" <<'SQL'
\getenv password :variable
CREATE ROLE :"role" LOGIN PASSWORD :'password';
SQL
}

database() {
    sql postgres --set=database="$1" --set=owner="$2" --set=runtime="$3" <<'SQL'
CREATE DATABASE :"database" OWNER :"owner";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"runtime";
SQL
    for extension in pg_trgm unaccent btree_gist; do
        echo "CREATE EXTENSION IF NOT EXISTS $extension;" | sql "$1"
    done
}

role mdmp_console_owner
role mdmp_console_runtime
role mdmp_wallet_owner
role mdmp_wallet_runtime
role mdmp_rasa
database mdmp_console mdmp_console_owner mdmp_console_runtime
database mdmp_wallet mdmp_wallet_owner mdmp_wallet_runtime
database mdmp_rasa mdmp_rasa mdmp_rasa
