"""The environment: a required name that is missing stops the start-up."""

import environ

env = environ.Env()
