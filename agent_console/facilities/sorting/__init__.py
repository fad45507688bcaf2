"""What goes where: matching what people call a waste, the rules, their changes."""
