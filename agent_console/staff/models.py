"""Members of staff as the wallet sees them.

The wallet writes down who decided what, and holds no personal data: it gets a random number of no
other use.  Only the console can tell whose it is.
"""

import uuid

from django.conf import settings
from django.db import models


class StaffActor(models.Model):
    """An account's number in the wallet's books; never changed, never reused."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_actor"
    )
    actor_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
