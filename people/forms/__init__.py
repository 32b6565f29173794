"""What people type about patients, payers, staff and the practice, turned into clean values."""
