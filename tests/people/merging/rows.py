"""Every row of the database, to be compared before and after."""

from django.apps import apps

TOLD = {"people.auditevent", "people.mergerecord"}  # what a merge and its undo add to


def every_row():
    """The whole database as values, but for the line of who did what."""
    return {
        model._meta.label_lower: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label_lower not in TOLD
    }
