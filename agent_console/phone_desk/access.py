"""Who may open which screen of calls."""

TAKE_CALLS = "calls.take_calls"
CHANGE_ANNOUNCEMENTS = "calls.change_announcements"
CHANGE_INTERPRETERS = "calls.change_interpreters"
