"""Exercises for at home: own texts, own drawings, and the steps from one to the next."""
