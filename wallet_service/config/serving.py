"""How gunicorn serves the wallet: ``gunicorn --config python:wallet_service.config.serving``."""

import os

from service_kit.logs import logging_config

bind = f"{os.environ.get('BIND_HOST', '127.0.0.1')}:{os.environ.get('WALLET_PORT', '8100')}"
worker_class = "gthread"
workers = 2
threads = 8
control_socket_disable = True  # it would stand in the home folder of the user
logconfig_dict = logging_config("wallet", level=os.environ.get("LOG_LEVEL", "INFO"))
