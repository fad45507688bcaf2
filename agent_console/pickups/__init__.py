"""Bulky-waste pickups (rendez-vous encombrants): who is served how, slots, bookings."""
