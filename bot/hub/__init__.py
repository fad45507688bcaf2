"""What the hub channel is made of: reading a turn, running it once, answering it again."""
