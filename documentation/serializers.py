"""Visits, their services and notes as the API speaks them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from documentation.amending import LONGEST_REASON
from documentation.models import (
    Addendum,
    Note,
    NoteVersion,
    ProcedureCode,
    ServiceEntry,
    TimedEntry,
    Visit,
)
from documentation.models.visit import MINUTES_IN_A_DAY
from documentation.rules.session import NARRATIVE_MOST, NOTE_PARTS, NOTE_TEXT_MOST
from documentation.signing import LONGEST_ADDENDUM


class EntrySerializer(serializers.Serializer[Any]):
    """One service. Untimed ones have no goal and no details; `key` is its name in the visit."""

    key = serializers.UUIDField(read_only=True)
    code = serializers.PrimaryKeyRelatedField(queryset=ProcedureCode.objects.all())
    label = serializers.CharField(source="code.label", read_only=True)  # type: ignore[assignment]
    timed = serializers.BooleanField(source="code.timed", read_only=True)
    minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MINUTES_IN_A_DAY
    )
    assistant_minutes = serializers.IntegerField(
        required=False, min_value=0, max_value=MINUTES_IN_A_DAY
    )
    goal = serializers.IntegerField(required=False, allow_null=True)
    details = serializers.DictField(
        required=False, help_text="The structured 97112 entry: body_parts, activities, purposes …"
    )
    narrative = serializers.CharField(required=False, allow_blank=True, max_length=NARRATIVE_MOST)
    narrative_is_own = serializers.BooleanField(
        required=False, help_text="False has the sentence of a 97112 entry composed."
    )

    def to_representation(self, entry: TimedEntry | ServiceEntry) -> dict[str, Any]:
        timed = isinstance(entry, TimedEntry)
        return {
            "key": str(entry.key),
            "code": entry.code_id,
            "label": entry.code.label,
            "timed": timed,
            "minutes": entry.minutes,
            "assistant_minutes": entry.assistant_minutes,
            "goal": getattr(entry, "goal_id", None),
            "details": getattr(entry, "details", {}),
            "narrative": entry.narrative,
            "narrative_is_own": getattr(entry, "narrative_is_own", True),
        }

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        code = values.get("code") or (self.instance.code if self.instance else None)
        if code is not None and code.timed and not self.partial and not values.get("minutes"):
            raise serializers.ValidationError({"minutes": ["A timed service needs its minutes."]})
        return values


class VisitSerializer(serializers.ModelSerializer[Visit]):
    note = serializers.IntegerField(source="note.pk", read_only=True)
    kind = serializers.CharField(source="note.kind", read_only=True)
    is_signed = serializers.BooleanField(source="note.is_signed", read_only=True)
    entries = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = (
            "id",
            "appointment",
            "patient",
            "episode",
            "clinic",
            "therapist",
            "assistant",
            "student",
            "date_of_service",
            "place_of_service",
            "total_treatment_minutes",
            "note",
            "kind",
            "is_signed",
            "entries",
        )

    def get_entries(self, visit: Visit) -> list[dict[str, Any]]:
        return [dict(EntrySerializer(entry).data) for entry in entries_of(visit)]


class OpenVisitSerializer(serializers.Serializer[Any]):
    appointment = serializers.IntegerField(min_value=1)


class WriteVisitSerializer(serializers.Serializer[Any]):
    """Each part is optional; what is left out stays as it is."""

    kind = serializers.ChoiceField(choices=Note.Kind.choices, required=False)
    subjective = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_TEXT_MOST)
    objective = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_TEXT_MOST)
    assessment = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_TEXT_MOST)
    plan = serializers.CharField(required=False, allow_blank=True, max_length=NOTE_TEXT_MOST)
    total_treatment_minutes = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=MINUTES_IN_A_DAY
    )
    assistant = serializers.IntegerField(required=False, allow_null=True)
    episode = serializers.IntegerField(required=False, allow_null=True)

    def into(self, content: dict[str, Any]) -> set[str]:
        """Put what was given into a session page; the paths that were written."""
        paths = set()
        for name, value in self.validated_data.items():
            if name in NOTE_PARTS or name == "kind":
                content["note"][name] = value
                paths.add(f"note.{name}")
            else:
                content[name] = value
                paths.add(name)
        return paths


class MissingSerializer(serializers.Serializer[Any]):
    """Something a note lacks; `level` is required, advice or question."""

    path = serializers.CharField()
    entry = serializers.CharField()
    element = serializers.CharField()
    level = serializers.CharField()
    message = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class NoteSerializer(serializers.ModelSerializer[Note]):
    """`content` is what was signed; it is null until then."""

    patient = serializers.IntegerField(source="visit.patient_id", read_only=True)
    date_of_service = serializers.DateField(source="visit.date_of_service", read_only=True)
    pdf_status = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = (
            "id",
            "visit",
            "patient",
            "date_of_service",
            "kind",
            "version",
            "subjective",
            "objective",
            "assessment",
            "plan",
            "is_signed",
            "is_final",
            "signed_at",
            "signer_name",
            "cosign_needed",
            "cosigned_at",
            "cosigner_name",
            "student_supervised",
            "content",
            "content_sha256",
            "pdf_status",
        )

    def get_pdf_status(self, note: Note) -> str:
        pdf = getattr(note, "pdf", None)
        return pdf.status if pdf is not None else ""


class SignatureSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(
        write_only=True, trim_whitespace=False, max_length=200, style={"input_type": "password"}
    )
    takes_over = serializers.BooleanField(
        default=False, help_text="True when you sign in the place of the visit's therapist."
    )
    supervised = serializers.BooleanField(
        default=False,
        help_text="A therapist's word, where a student treated: in the room throughout, directing, "
        "making the skilled judgments, treating nobody else (CMS Pub. 100-02, ch. 15, § 230 B).",
    )
    as_read = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=64,
        help_text="SHA-256 of the content you read; anything else is then refused.",
    )


class AmendmentSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST_REASON)
    takes_over = serializers.BooleanField(
        default=False, help_text="True when you do it in the place of the visit's therapist."
    )


class NoteVersionSerializer(serializers.ModelSerializer[NoteVersion]):
    """A version that was signed, and put aside by an amendment."""

    class Meta:
        model = NoteVersion
        fields = (
            "id",
            "number",
            "kind",
            "signed_at",
            "signer_name",
            "cosigned_at",
            "cosigner_name",
            "content",
            "content_sha256",
            "put_aside_at",
        )


class AddendumSerializer(serializers.ModelSerializer[Addendum]):
    class Meta:
        model = Addendum
        fields = ("id", "text", "writer_name", "written_at")


class NewAddendumSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=LONGEST_ADDENDUM)


def entries_of(visit: Visit) -> list[TimedEntry | ServiceEntry]:
    """A visit's services, timed and untimed, in the order they were logged."""
    both: list[TimedEntry | ServiceEntry] = [
        *visit.timed_entries.all(),
        *visit.service_entries.all(),
    ]
    return sorted(both, key=lambda entry: (entry.position, entry.pk))
