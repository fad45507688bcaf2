"""What SMS and calls share of Twilio: account, signed requests, a client bounded in time."""
