"""This app keeps nothing: the wallet does.  It only names who may do what."""

from django.db import models


class NudgeRights(models.Model):
    """Carries the permissions; has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_nudges", "Peut consulter le pilotage des points"),
            ("change_rules", "Peut changer les règles et les campagnes"),
            ("decide_reviews", "Peut décider des cas à vérifier"),
            ("correct_points", "Peut proposer et décider des corrections"),
        ]
