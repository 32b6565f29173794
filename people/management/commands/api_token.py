"""Give a member of staff a token for the API; it is shown once."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from people import audit
from people.api_access import issue_token
from people.models import User


class Command(BaseCommand):
    help = "Print a new API token for the account with this e-mail; an older one stops working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: object, email: str, **options: object) -> None:
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"No account has the e-mail {email}.")
        if not user.is_active:
            raise CommandError(f"The account {user.email} has been ended.")
        if user.password_is_temporary:
            raise CommandError(f"{user.email} must choose a password of their own first.")
        token = issue_token(user)
        audit.record(by=None, action="account.token_issued", target=user)
        self.stdout.write(token)
