"""The process environment; nothing is read from a file here, the runner hands it over."""

from __future__ import annotations

import environ

env = environ.Env()
