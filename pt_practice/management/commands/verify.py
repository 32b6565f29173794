"""Check that what must never change has not: the audit line, the ledger, stored hashes."""

from django.core.management.base import BaseCommand, CommandError

from people import verification

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Verify the audit line, the ledger and every stored hash. Exit 1 when something is wrong."
    )

    def handle(self, *args: object, **options: object) -> None:
        reports = verification.run()
        width = max((len(report.name) for report in reports), default=0)
        for report in reports:
            found = f"{len(report.problems)} wrong" if report.problems else "ok"
            self.stdout.write(f"{report.name:<{width}}  {found}")
            for problem in report.problems[:SHOWN]:
                self.stdout.write(f"  {problem}")
            if len(report.problems) > SHOWN:
                self.stdout.write(f"  and {len(report.problems) - SHOWN} more")
        wrong = [report.name for report in reports if report.problems]
        if wrong:
            raise CommandError(f"Not as it was written: {', '.join(wrong)}.")
