"""PT Practice on one machine: own PostgreSQL and Redis, one process watching the others.

Plain Python, nothing of Django: this runs before a setting can be read.
"""
