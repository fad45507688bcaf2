"""Django project of the wallet: settings, routes, process entry points."""
