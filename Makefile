# Two commands matter: `make run` and `make test`.  Everything else helps.
PY := .venv/platform/bin/python
.DEFAULT_GOAL := help

.PHONY: help install install-dev run start stop status reset test bench-wallet bench-nlu bench-channels bench-console check format lock licences

help:  ## show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install:
	@ops/install.sh run

install-dev:
	@ops/install.sh dev

run: install  ## set up everything and run it; Ctrl-C stops it
	@$(PY) -m ops run

start: install  ## the same in the background; returns when it serves
	@$(PY) -m ops start

stop:  ## stop what run or start started
	@$(PY) -m ops stop

status:  ## what runs, what is missing
	@$(PY) -m ops status

reset:  ## delete local data (asks first)
	@$(PY) -m ops reset

test: install-dev  ## set up everything and pass every test
	@$(PY) -m ops test

bench-wallet: install-dev  ## measure the wallet: build/bench/wallet.json, about six minutes
	@$(PY) -m tests.load

bench-nlu: install-dev  ## measure the assistant beside stock Rasa: build/bench/nlu.json
	@.venv/bot/bin/python -m bot.bench

bench-channels: install-dev  ## measure webhooks, turns and widgets: build/bench/channels.json
	@$(PY) -m tests.load.channels

bench-console: install-dev  ## measure consoles under load: build/bench/console.json, about 20 minutes
	@$(PY) -m tests.load.console

check: install-dev  ## format, lint, types, import contracts, Django checks, schema drift
	@ops/check.sh

format: install-dev  ## rewrite the code in the project's format
	@$(PY) -m ruff format . && $(PY) -m ruff check --fix-only --quiet .

lock: install  ## resolve requirements/*.in again into hash-pinned files
	@ops/lock.sh

licences: install-dev  ## rewrite docs/third-party-licences.md
	@$(PY) -m ops.licences
