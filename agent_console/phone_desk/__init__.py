"""Operators’ and supervisors’ screens of calls, call-backs and announcements."""
