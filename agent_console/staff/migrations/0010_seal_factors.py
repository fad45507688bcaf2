"""What the database held of second factors is sealed, or digested; nobody enrols again.

Backwards the secrets are in clear again.  Recovery codes stay digests, which older versions take
for codes that nobody has: who wants some draws others.
"""

from binascii import hexlify, unhexlify
from typing import Any

from django.db import migrations

from agent_console.sealing import seal, unseal
from agent_console.staff.models import SEALED
from agent_console.staff.second_factor import recovery_digest


def forward(apps: Any, schema_editor: Any) -> None:
    Authenticator = apps.get_model("staff", "Authenticator")
    for device in apps.get_model("otp_totp", "TOTPDevice").objects.all():
        secret = unhexlify(device.key)
        sealed = Authenticator(totpdevice_ptr_id=device.pk, secret_sealed=seal(secret))
        sealed.save_base(raw=True)  # of the two rows the device's is there
        device.key = SEALED
        device.save(update_fields=["key"])
    for token in apps.get_model("otp_static", "StaticToken").objects.select_related("device"):
        token.token = recovery_digest(user_id=token.device.user_id, code=token.token)
        token.save(update_fields=["token"])


def backward(apps: Any, schema_editor: Any) -> None:
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for sealed in apps.get_model("staff", "Authenticator").objects.all():
        secret = unseal(bytes(sealed.secret_sealed))
        devices.filter(pk=sealed.pk).update(key=hexlify(secret).decode())


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0009_authenticator"),
        ("otp_totp", "0003_add_timestamps"),
        ("otp_static", "0003_add_timestamps"),
    ]
    operations = [migrations.RunPython(forward, backward)]
