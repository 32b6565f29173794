"""The pages about patients, payers, staff and the practice."""
