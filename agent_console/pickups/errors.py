"""What a caller of this app may have to handle; ``code`` is stable, ``message`` is French."""

from django.utils.translation import gettext as _


class PickupError(Exception):
    """Base of this app's errors; ``fields`` says in codes what is wrong where."""

    code = "pickup_error"

    def __init__(self, message: str, **fields: str) -> None:
        super().__init__(self.code)
        self.message = message
        self.fields = fields


class CommuneUnknown(PickupError):
    code = "commune_unknown"

    def __init__(self) -> None:
        super().__init__(
            _("Cette commune n’est pas dans la Métropole Aix-Marseille-Provence."),
            commune="unknown",
        )


class ArrondissementNeeded(PickupError):
    """Several rounds serve the commune: only the arrondissement tells which."""

    code = "arrondissement_needed"

    def __init__(self, commune: str) -> None:
        super().__init__(
            _("Précisez l’arrondissement de %(commune)s ou son code postal.")
            % {"commune": commune},
            commune="arrondissement",
        )


class ServedElsewhere(PickupError):
    """Somebody else collects there; ``fields`` has the operator and its number, perhaps none."""

    code = "served_by_another_operator"

    def __init__(self, operator: str, phone: str) -> None:
        super().__init__(
            (
                _("Ici, les encombrants sont collectés par %(operator)s : appelez le %(phone)s.")
                if phone
                else _(
                    "Ici, les encombrants sont collectés par %(operator)s : demandez son numéro à"
                    " la mairie ou cherchez-le sur le site de la commune."
                )
            )
            % {"operator": operator, "phone": phone},
            operator=operator,
            phone=phone,
        )


class NotServed(PickupError):
    code = "sector_missing"

    def __init__(self) -> None:
        super().__init__(
            _("Aucune tournée n’est encore réglée pour cette commune. Appelez le 0 800 94 94 08.")
        )


class AddressMissing(PickupError):
    code = "address_missing"

    def __init__(self) -> None:
        super().__init__(_("Indiquez l’adresse où passer."), address="missing")


class NoItems(PickupError):
    code = "items_missing"

    def __init__(self) -> None:
        super().__init__(_("Indiquez au moins un objet."), items="missing")


class ItemUnknown(PickupError):
    """``fields["items"]`` is what was not recognised."""

    code = "item_unknown"

    def __init__(self, said: str) -> None:
        super().__init__(
            _("« %(said)s » : objet inconnu du catalogue. Choisissez le plus ressemblant.")
            % {"said": said},
            items=said,
        )


class ItemForbidden(PickupError):
    """``fields`` names the item and where to take it instead."""

    code = "item_forbidden"

    def __init__(self, code: str, label: str, instead: str) -> None:
        super().__init__(
            _("« %(label)s » : nous ne pouvons pas le collecter. %(instead)s")
            % {"label": label, "instead": instead},
            items=code,
            instead=instead,
        )


class TooManyObjects(PickupError):
    code = "too_many_objects"

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            _("%(count)d objets, c’est trop pour un passage : %(most)d au plus.")
            % {"count": count, "most": most},
            objects=str(count),
            max_objects=str(most),
        )


class TooMuchVolume(PickupError):
    code = "too_much_volume"

    def __init__(self, volume: str, most: str, litres: int, max_litres: int) -> None:
        super().__init__(
            _("%(volume)s, c’est trop pour un passage : %(most)s au plus.")
            % {"volume": volume, "most": most},
            litres=str(litres),
            max_litres=str(max_litres),
        )


class TooManyBookings(PickupError):
    code = "household_limit_reached"

    def __init__(self, most: int, days: int) -> None:
        super().__init__(
            _("Ce foyer a déjà ses %(most)d rendez-vous sur %(days)d jours.")
            % {"most": most, "days": days},
            max_bookings=str(most),
            period_days=str(days),
        )


class SlotUnknown(PickupError):
    code = "slot_unknown"

    def __init__(self) -> None:
        super().__init__(_("Ce créneau n’existe pas pour ce secteur."), slot="unknown")


class SlotTooSoon(PickupError):
    code = "slot_too_soon"

    def __init__(self, days: int) -> None:
        super().__init__(
            _("Ce créneau est trop proche : il faut %(days)d jours de préavis.") % {"days": days},
            slot="too_soon",
        )


class SlotTooFar(PickupError):
    code = "slot_too_far"

    def __init__(self, days: int) -> None:
        super().__init__(
            _("Ce créneau est trop lointain : %(days)d jours à l’avance au plus.") % {"days": days},
            slot="too_far",
        )


class SlotFull(PickupError):
    code = "slot_full"

    def __init__(self) -> None:
        super().__init__(_("Ce créneau vient d’être complet. Choisissez-en un autre."), slot="full")


class SlotExists(PickupError):
    code = "slot_exists"

    def __init__(self) -> None:
        super().__init__(_("Ce secteur a déjà un créneau à ce moment : modifiez-le."), day="exists")


class CapacityBelowUse(PickupError):
    code = "capacity_below_use"

    def __init__(self, used: int) -> None:
        super().__init__(
            _("%(used)d places sont déjà prises : la capacité ne peut pas être plus basse.")
            % {"used": used},
            capacity="below_use",
        )


class DayPast(PickupError):
    code = "day_past"

    def __init__(self) -> None:
        super().__init__(_("Choisissez un jour à venir."), day="past")


class IntakeConflict(PickupError):
    """``fields`` names the booking that the key belongs to."""

    code = "idempotency_conflict"

    def __init__(self, reference: str) -> None:
        super().__init__(
            _("Cette clé a déjà servi pour un autre rendez-vous."), reference=reference
        )


class TransitionRefused(PickupError):
    """The action is not allowed from the booking's present state."""

    code = "transition_refused"

    def __init__(self, state: str, state_label: str) -> None:
        super().__init__(
            _("Ce rendez-vous est « %(state)s ». Rien n’a été changé.") % {"state": state_label},
            state=state,
        )


class TooLate(PickupError):
    code = "too_late"

    def __init__(self) -> None:
        super().__init__(
            _(
                "C’est trop tard pour cela : le jour du rendez-vous est là ou passé. "
                "Appelez le 0 800 94 94 08."
            )
        )


class TooEarly(PickupError):
    code = "too_early"

    def __init__(self) -> None:
        super().__init__(_("Le jour du rendez-vous n’est pas encore venu."))


class UndoTooLate(PickupError):
    code = "undo_too_late"

    def __init__(self) -> None:
        super().__init__(_("Ce passage a été enregistré il y a trop longtemps pour être repris."))


class ReasonMissing(PickupError):
    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(_("Indiquez le motif du refus."), reason="missing")


class SettingInvalid(PickupError):
    """A value that the rules or the database don't allow; ``fields`` names it."""

    code = "setting_invalid"
