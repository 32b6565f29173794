"""Decisions about documentation from values alone: vocabulary, completeness, narrative."""
