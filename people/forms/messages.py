"""What the Messages page asks for: which ones, and what to do about one."""

from __future__ import annotations

from django import forms

from people.models import Message
from web.forms import TidyForm


class WhichMessagesForm(TidyForm):
    SHOW = [
        ("open", "To settle"),
        ("waiting", "Waiting"),
        ("sent", "Sent"),
        ("withheld", "Not sent"),
        ("all", "All"),
    ]

    show = forms.ChoiceField(choices=SHOW, required=False)
    channel = forms.ChoiceField(choices=Message.Channel.choices, required=False)


class AgainForm(TidyForm):
    channel = forms.ChoiceField(choices=Message.Channel.choices, required=False)


class ChannelForm(TidyForm):
    channel = forms.ChoiceField(choices=Message.Channel.choices)
