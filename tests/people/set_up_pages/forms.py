"""What a form that was refused says, field by field."""


def errors_in(response, form: str = "form") -> dict[str, list[str]]:
    return dict(response.context[form].errors)
