"""Installed applications, middleware, templates."""

from typing import Any

INSTALLED_APPS = [
    "agent_console.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "agent_console.staff",
    "agent_console.citizens",
    "agent_console.conversations",
    "agent_console.places",
    "agent_console.photos",
    "agent_console.reports",
    "agent_console.facilities",
    "agent_console.pickups",
    "channels_config.web",
    "agent_console.intake",
    "agent_console.collectors",
    "agent_console.facility_admin",
    "agent_console.pickup_desk",
    "agent_console.crews",
    "agent_console.receipts",
    "agent_console.nudges",
    "agent_console.proofs",
    "agent_console.partners",
    "agent_console.redemptions",
    "agent_console.partner_admin",
    "agent_console.case_admin",
    "agent_console.simulation",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "agent_console.partner_admin.middleware.InitialPasswordMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
ROOT_URLCONF = "agent_console.config.urls"
ASGI_APPLICATION = "agent_console.config.asgi.application"
