"""What somebody left half made in another conversation, as a draft that a yes takes up."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

# Those that ``action_affirm`` takes up (actions/session.py), each with the slots it fills.
_FORMS = {"report_form": "report_", "pickup_form": "pickup_"}


def draft_left_in(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """The form that is open or interrupted there with its filled slots, or the draft kept before.

    It stays there too: whoever does not go on elsewhere finds it where it was.
    """
    slots = tracker.current_slot_values()
    for form in (tracker.active_loop_name, slots.get("suspended_flow")):
        prefix = _FORMS.get(form or "")
        if prefix is not None:
            filled = {
                name: value
                for name, value in slots.items()
                if name.startswith(prefix) and value is not None
            }
            return {"form": form, "slots": filled}
    draft: dict[str, Any] | None = slots.get("draft")
    return draft
