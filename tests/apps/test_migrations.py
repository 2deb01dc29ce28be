import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_up():
    call_command("check")
    call_command("makemigrations", check=True, dry_run=True)
