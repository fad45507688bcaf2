"""Who is offered a conversation: availability, skills, capacity, and the turn of each."""
