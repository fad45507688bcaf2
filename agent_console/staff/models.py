"""Members of staff: as the wallet sees them, and what their groups were given by us.

The wallet writes down who decided what, and holds no personal data: it gets a random number of no
other use.  Only the console can tell whose it is.
"""

import uuid

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models


class StaffActor(models.Model):
    """An account's number in the wallet's books; never changed, never reused."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_actor"
    )
    actor_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)


class RoleGrant(models.Model):
    """A permission that a group was given with some version of the product, kept or not."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    permission = models.ForeignKey(Permission, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "permission"], name="role_granted_once")
        ]
