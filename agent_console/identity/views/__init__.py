"""Views of the residents' space and of the operators' page about a resident."""
