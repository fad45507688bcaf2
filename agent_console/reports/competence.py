"""Who is competent for a report: the strongest rule that fits."""

from django.db.models import Q

from agent_console.places.models import Commune

from .models import Body, Category, CompetenceRule


def competent_body(*, category: Category, commune: Commune | None) -> Body | None:
    """The body of the rule with the highest priority, then of the one that names more.

    ``None`` when no rule fits: nobody has said, so the Metropolis keeps it.
    """
    places = [commune.pk, commune.parent_id] if commune else []
    rules = CompetenceRule.objects.select_related("body").filter(
        Q(category=None) | Q(category=category), Q(commune=None) | Q(commune__in=places)
    )

    def strength(rule: CompetenceRule) -> tuple[int, bool, int, int]:
        nearness = 0 if rule.commune_id is None else 2 - places.index(rule.commune_id)
        return rule.priority, rule.category_id is not None, nearness, -rule.pk

    best = max(rules, key=strength, default=None)
    return best.body if best else None
