"""What Telegram proves about a person."""

from django.db import models

from agent_console.citizens.models import ContactPoint


class VerifiedPhone(models.Model):
    """The telephone number of a Telegram account, by Telegram's own word.

    Made when somebody shares a contact that is their own (its ``user_id`` is the sender's), and
    replaced when they do it again.  ``phone_digest`` is equal to that of the same number's contact
    points; ``phone_sealed`` is the number, encrypted (``citizens.addresses``).
    """

    contact_point = models.OneToOneField(
        ContactPoint, on_delete=models.CASCADE, related_name="telegram_phone"
    )
    phone_digest = models.BinaryField(max_length=32, editable=False)
    phone_sealed = models.BinaryField(editable=False)
    verified_at = models.DateTimeField()
