"""Where people answer instead of the assistant: queue, take-over, replies, what colleagues see."""
