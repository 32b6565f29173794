"""The vocabulary names only what it has, so that no chip leads nowhere."""

from documentation.rules.vocabulary import Kind, as_written, load

WORDS = load()


def test_every_technique_refers_to_purposes_parameters_and_groups_that_exist():
    groups = {group["id"] for group in as_written()["groups"]}

    strays = [
        (technique.id, name)
        for technique in WORDS.techniques.values()
        for name in (
            *(set(technique.purposes) - WORDS.purposes.keys()),
            *(set(technique.parameters) - WORDS.parameters.keys()),
            *({technique.group} - groups),
        )
    ]

    assert strays == []


def test_every_parameter_with_choices_has_them_and_every_other_has_bounds_or_a_length():
    wrong = []
    for parameter in WORDS.parameters.values():
        if parameter.kind in (Kind.ONE, Kind.MANY):
            fine = bool(WORDS.choices.get(parameter.id))
        elif parameter.kind in (Kind.WHOLE, Kind.NUMBER):
            fine = parameter.least < parameter.most
        else:
            fine = parameter.kind is Kind.YES or parameter.max_length > 0
        if not fine:
            wrong.append(parameter.id)

    assert wrong == []


def test_the_vocabulary_is_as_wide_as_reviewed():
    counts = {
        "techniques": len(WORDS.techniques),
        "regions": len(WORDS.regions),
        "purposes": len(WORDS.purposes),
        "parameters": len(WORDS.parameters),
    }

    assert counts == {"techniques": 64, "regions": 19, "purposes": 51, "parameters": 100}


def test_no_id_stands_twice():
    written = as_written()

    for section in ("techniques", "regions", "purposes", "parameters", "progression_axes"):
        ids = [row["id"] for row in written[section]]
        assert sorted(set(ids)) == sorted(ids)
