"""Loading the Base Adresse Nationale (Licence Ouverte) into our own PostgreSQL."""
