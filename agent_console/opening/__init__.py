"""When people answer, by telephone and in writing: one week, holidays, and exceptional days."""
