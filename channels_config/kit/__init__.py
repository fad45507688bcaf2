"""What all channels share: who may speak, how fast, and what each can carry."""
