"""What rewards change: reports, sorting, points by behaviour, cost per resident."""
