"""X12 in and out: plain values become claim files, bytes become segments. No Django, no rows."""
