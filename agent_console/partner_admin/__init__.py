"""A supervisor's pages: partners, agreements, cashiers, offers, disputes, statements."""
