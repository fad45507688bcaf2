"""What points can be had for: partners, their offers, vouchers, what partners are owed."""
