"""Staff accounts: Django's authentication, django-otp's second factor, django-axes' locks."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from .env import env

AUTHENTICATION_BACKENDS = ["agent_console.staff.backends.LockingBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "console:login"
LOGIN_REDIRECT_URL = "console:inbox"
LOGOUT_REDIRECT_URL = "console:login"

# ``required``: whoever holds more than a till's permission enrols at the first sign-in.
# ``offered``: an account that has no authenticator is opened by its password; for a machine of
# one's own (``make run``), never where residents' data are.
STAFF_SECOND_FACTOR: str = env.str("STAFF_SECOND_FACTOR", default="") or "required"
if STAFF_SECOND_FACTOR not in ("required", "offered"):
    raise ImproperlyConfigured("STAFF_SECOND_FACTOR: required or offered")
OTP_TOTP_ISSUER = "Métropole Dans Ma Poche"

# Seconds: a long working day at most; a coffee break without anybody; a proof before money and
# exports.
STAFF_SESSION_S: int = env.int("STAFF_SESSION_S", default=10 * 3600)
STAFF_SESSION_IDLE_S: int = env.int("STAFF_SESSION_IDLE_S", default=3600)
STAFF_CONFIRM_S: int = env.int("STAFF_CONFIRM_S", default=900)
# Five wrong passwords for an account from one address close it to that address for a while.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # nobody keeps an account shut by trying on
AXES_CLIENT_IP_CALLABLE = "agent_console.staff.locking.client_address"
AXES_CLIENT_STR_CALLABLE = "agent_console.staff.locking.client_in_logs"
AXES_LOCKOUT_CALLABLE = "agent_console.staff.locking.locked_page"
AXES_VERBOSE = False  # no line of its own at every start
AXES_DISABLE_ACCESS_LOG = True  # a time sheet of everybody is nobody’s business
AXES_ENABLE_ADMIN = False
