"""Where things are: drop-off points, recycling centres, and what goes into which bin."""
