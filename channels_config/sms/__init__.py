"""Text messages and the spoken calls that replace them, by Twilio."""
