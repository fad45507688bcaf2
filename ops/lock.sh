#!/bin/sh
# Resolves requirements/*.in into hash-pinned requirements/*.txt.
set -eu
cd "$(dirname "$0")/../requirements"
compile() { ../.venv/tools/bin/uv pip compile --quiet --generate-hashes "$@"; }
compile --python-version 3.9 --universal bootstrap.in -o bootstrap.txt
compile --python-version 3.12 platform.in -o platform.txt
compile --python-version 3.12 platform-dev.in -o platform-dev.txt
compile --python-version 3.10 --override bot-overrides.in bot.in -o bot.txt
compile --python-version 3.10 bot-dev.in -o bot-dev.txt
