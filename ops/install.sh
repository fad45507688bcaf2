#!/bin/sh
# Installs what the project runs on, into the checkout: both Python environments from
# hash-pinned requirements, and the Node packages.  What is up to date is left alone.
#   ops/install.sh        what `make run` needs
#   ops/install.sh dev    what `make test` and `make check` need too
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
venv=.venv
uv=$venv/tools/bin/uv
started=$(date +%s)

say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

bootstrap() {
    stamp=$venv/tools/.stamp
    [ "$(cat "$stamp" 2>/dev/null)" = "$(digest requirements/bootstrap.txt)" ] && return 0
    say "installing uv"
    python3 -m venv $venv/tools || die "python3 can't make a virtual environment: install python3-venv"
    $venv/tools/bin/python -m pip install --quiet --require-hashes -r requirements/bootstrap.txt
    digest requirements/bootstrap.txt > "$stamp"
}

# environment NAME PYTHON REQUIREMENTS...: exactly the files' packages; they hold the whole closure
# (Rasa asks for the full TensorFlow; the lock holds its CPU build instead).
environment() {
    name=$1 python=$2; shift 2
    stamp=$venv/$name/.stamp
    wanted=$(digest "$@")
    have=$(cat "$stamp" 2>/dev/null || true)
    [ "$have" = "$wanted" ] && return 0
    # A checkout set up for tests has everything that running needs.
    [ "$kind" = run ] && [ "$have" = "$(digest requirements/"$name".txt requirements/"$name"-dev.txt)" ] && return 0
    say "installing the $name environment (Python $python)"
    [ -x $venv/"$name"/bin/python ] || $uv venv --quiet --python "$python" $venv/"$name"
    $uv pip sync --quiet --require-hashes --python $venv/"$name"/bin/python "$@"
    printf '%s\n' "$wanted" > "$stamp"
}

node_packages() {
    stamp=node_modules/.stamp-$kind
    wanted=$(digest package-lock.json)
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return 0
    [ "$kind" = run ] && [ "$(cat node_modules/.stamp-dev 2>/dev/null)" = "$wanted" ] && return 0
    say "installing the Node packages"
    omit=; [ "$kind" = run ] && omit=--omit=dev
    PATH="$PWD/$venv/platform/bin:$PATH" $venv/platform/bin/npm ci --silent --no-fund --no-audit $omit
    printf '%s\n' "$wanted" > "$stamp"
}

browser() {
    command -v "${CHROMIUM:-chromium}" >/dev/null 2>&1 && return 0
    say "installing Chromium for the browser tests"
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 ||
        die "the browser tests need Chromium: install Debian's package chromium, or set CHROMIUM"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
}

for tool in python3 sha256sum; do
    command -v $tool >/dev/null 2>&1 || die "$tool is missing"
done
bootstrap
if [ "$kind" = dev ]; then
    environment platform 3.12 requirements/platform.txt requirements/platform-dev.txt
    environment bot 3.10 requirements/bot.txt requirements/bot-dev.txt
    node_packages
    browser
else
    environment platform 3.12 requirements/platform.txt
    environment bot 3.10 requirements/bot.txt
    node_packages
fi
elapsed=$(($(date +%s) - started))
[ "$elapsed" -lt 3 ] || say "installed in $elapsed s"
