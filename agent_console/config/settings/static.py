"""Static files, served by the console process itself; every storage by its name."""

import warnings

from .photos import PHOTO_STORAGE

# WhiteNoise hands files over as plain iterators; under ASGI Django reads them in a thread, which
# is what we want for small files, and warns about it once per file.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")

STATIC_URL = "/static/"
# Files are found where the apps keep them: no collect step stands between a change and a page.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    # The few files of Node packages that browsers load, where npm put them.
    "agent_console.partners.finders.NodePackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": PHOTO_STORAGE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
