"""Telephone calls with the assistant and with operators, by Twilio."""
