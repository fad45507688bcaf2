"""The Rasa project: configuration, domain, rules, custom NLU and the hub channel."""
