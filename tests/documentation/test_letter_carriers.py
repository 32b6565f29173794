"""The carriers: a folder that shows only whole files, the mail server, a fax service by e-mail."""

import json
import stat
from dataclasses import replace

import pytest
from django.core import mail

from documentation import carriers
from documentation.carriers import Parcel, Refused, TryLater
from documentation.models import ProviderLetter
from tests.documentation.letter_ward import PAPER, after_sending, chosen, waiting

pytestmark = pytest.mark.django_db

FAX = Parcel(
    name="letter-000012",
    channel="fax",
    to="+15035550177",
    to_name="Marcus Hale, MD",
    from_name="Riverbend",
    subject="A letter from Riverbend",
    text="FAX\n",
    pdf=PAPER,
)
EMAIL = replace(FAX, channel="email", to="hale@clinic.example", text="Read it here.\n", pdf=b"")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.LETTERS_DIR = tmp_path / "letters"
    return settings.LETTERS_DIR


def names_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_fax_is_three_files_that_only_we_may_read(folder):
    receipt = carriers.of("file").hand_over(FAX)

    assert receipt == "letter-000012.pdf"
    assert names_in(folder) == ["letter-000012.json", "letter-000012.pdf", "letter-000012.txt"]
    assert (folder / receipt).read_bytes() == PAPER
    assert (folder / "letter-000012.txt").read_text() == "FAX\n"
    assert json.loads((folder / "letter-000012.json").read_text()) == {
        "name": "letter-000012",
        "channel": "fax",
        "to": "+15035550177",
        "to_name": "Marcus Hale, MD",
        "from_name": "Riverbend",
        "subject": "A letter from Riverbend",
        "pdf": "letter-000012.pdf",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_e_mail_in_the_folder_has_no_paper(folder):
    assert carriers.of("file").hand_over(EMAIL) == "letter-000012.txt"
    assert names_in(folder) == ["letter-000012.json", "letter-000012.txt"]


def test_handed_over_again_the_same_letter_is_there_once_and_another_is_refused(folder):
    carriers.of("file").hand_over(FAX)

    assert carriers.of("file").hand_over(FAX) == "letter-000012.pdf"
    with pytest.raises(Refused):
        carriers.of("file").hand_over(replace(FAX, pdf=b"%PDF another"))
    assert (folder / "letter-000012.pdf").read_bytes() == PAPER


@pytest.mark.parametrize("breaks_at", range(3))
def test_a_full_disk_leaves_nothing_to_act_upon_and_is_tried_again(folder, monkeypatch, breaks_at):
    write, written = carriers._write, []

    def full_after(path, content):
        written.append(path)
        if len(written) > breaks_at:
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(carriers, "_write", full_after)

    with pytest.raises(TryLater):
        carriers.of("file").hand_over(FAX)

    assert names_in(folder) == []


def test_a_folder_that_is_none_is_tried_again_later(folder):
    folder.write_text("a file where the folder should be")

    with pytest.raises(TryLater):
        carriers.of("file").hand_over(FAX)


def test_until_somebody_chooses_letters_are_put_in_the_folder(folder):
    letter = after_sending(waiting())

    assert (letter.status, letter.carrier, letter.receipt) == (
        ProviderLetter.Status.SENT,
        "file",
        f"letter-{letter.pk:06d}.pdf",
    )
    assert (folder / letter.receipt).read_bytes() == PAPER


def test_an_e_mail_over_the_mail_server_has_no_attachment():
    chosen(email_by="mail")

    letter = after_sending(waiting(channel="email"))

    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.attachments) == (
        ["hale@clinic.example"],
        "A letter from Riverbend Physical Therapy LLC",
        [],
    )
    assert "Okafor" not in sent.body
    assert (letter.status, letter.carrier) == (ProviderLetter.Status.SENT, "mail")
    assert letter.receipt == sent.extra_headers["Message-ID"]


def test_a_fax_service_gets_the_number_in_the_address_and_the_paper_attached():
    chosen(fax_by="gateway", fax_gateway="{number}@fax.example")

    letter = after_sending(waiting())

    [sent] = mail.outbox
    assert sent.to == ["15035550177@fax.example"]
    assert sent.attachments == [(f"letter-{letter.pk:06d}.pdf", PAPER, "application/pdf")]
    assert sent.body.startswith("FAX\n\nTo:    Marcus Hale, MD\n")
    assert (letter.status, letter.to, letter.carrier) == (
        ProviderLetter.Status.SENT,
        "+15035550177",
        "gateway",
    )


@pytest.mark.parametrize(
    ("channel", "values"),
    [
        ("email", {"email_by": "mail"}),
        ("fax", {"fax_by": "gateway", "fax_gateway": "{number}@fax.example"}),
    ],
)
def test_without_a_mail_server_nothing_is_written_to_the_log(channel, values, settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    chosen(**values)

    letter = after_sending(waiting(channel=channel))

    assert (letter.status, letter.problem) == (
        ProviderLetter.Status.FAILED,
        carriers.NO_MAIL_SERVER,
    )
    assert capsys.readouterr().out == ""
