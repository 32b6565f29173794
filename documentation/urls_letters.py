"""The addresses of letters to providers."""

from django.urls import path

from documentation.views import letters, provider_letter

urlpatterns = [
    path("letters/", letters.letter_list, name="letters"),
    path("letters/count/", letters.letters_badge, name="letters-badge"),
    path("letters/set-up/", letters.letter_settings, name="letter-settings"),
    path("letters/<int:pk>/arrived/", letters.letter_arrived, name="letter-arrived"),
    path("letters/<int:pk>/dealt-with/", letters.letter_dealt_with, name="letter-dealt-with"),
    path("letters/<int:pk>/withhold/", letters.letter_withhold, name="letter-withhold"),
    path("letters/<int:pk>/resend/", letters.letter_resend, name="letter-resend"),
    path("notes/<int:pk>/send/", letters.note_send, name="note-send"),
    path("letter/<str:token>/", provider_letter.provider_letter, name="provider-letter"),
]
