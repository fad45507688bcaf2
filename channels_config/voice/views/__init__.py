"""What Twilio asks while somebody is on the telephone."""
