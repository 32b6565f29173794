"""What the patient answers, step by step, and sends in."""

from django.urls import reverse

from people import links

WHO = {"first_name": "Adaeze", "last_name": "Okafor", "birth_date": "1958-03-12", "sex": "F"}
CONTACT = {
    "mobile_phone": "503 555 0142", "email": "ada@example.com", "line1": "9 Elm St",
    "city": "Salem", "state": "OR", "postal_code": "97301",
}  # fmt: skip
INSURANCE = {"payer_name": "acme health", "member_id": "A1", "group_number": "G7", "relation": "18"}
HEALTH = {"conditions": ["stroke", "clots"], "medications": "Apixaban", "falls": "2", "pain": "4"}
GOALS = {"reason": "A stroke", "goals": "Walk to the river"}
STEPS = {"who": WHO, "contact": CONTACT, "insurance": INSURANCE, "health": HEALTH, "goals": GOALS}


def url_of(row, name=""):
    token = links.token_of(row.link)
    if name:
        return reverse("people:intake-step", args=[token, name])
    return reverse("people:intake", args=[token])


def fill_in(client, row):
    for name, values in STEPS.items():
        answer = client.post(url_of(row, name), values)
        assert answer.status_code == 303, answer.content.decode()


def sent_in(client, row):
    fill_in(client, row)
    client.post(url_of(row, "send"))
    row.refresh_from_db()
    return row
