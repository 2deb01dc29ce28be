"""Django's settings. Everything that differs between machines comes from the environment.

DATABASE_URL            the application's role (owns nothing)
DATABASE_OWNER_URL      the owner's role, for migrations; without it one role does both
FORTHWITH_SECRET_KEY    signs sessions; FORTHWITH_AUDIT_KEY signs the audit's heads
FORTHWITH_DATA          where files, letters and signed heads are kept
FORTHWITH_ALLOWED_HOSTS comma-separated; FORTHWITH_DEBUG=1 for development only
FORTHWITH_CLAMD         the virus scanner (read by adapters/scanner)
FORTHWITH_SECURE=1      behind TLS: secure cookies, HSTS, redirect
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

DEBUG = os.environ.get("FORTHWITH_DEBUG") == "1"
SECRET_KEY = os.environ.get("FORTHWITH_SECRET_KEY") or "unsafe-without-a-key"
DATA_ROOT = Path(os.environ.get("FORTHWITH_DATA") or ".data").absolute()
ALLOWED_HOSTS = os.environ.get("FORTHWITH_ALLOWED_HOSTS", ".localhost,127.0.0.1,[::1],testserver").split(",")
SECURE = os.environ.get("FORTHWITH_SECURE") == "1"


#: A server that went silent is given up within half a minute, not within the two hours of TCP.
_PATIENCE = {
    "connect_timeout": "10", "keepalives_idle": "15", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}  # fmt: skip


def _database(url: str) -> dict[str, object]:
    """One Django database out of a postgresql:// URL (a socket folder may be given as ?host=/path)."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # a pooled connection that died with the server is noticed before it is used
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {**_PATIENCE, **query, "server_side_binding": True, "prepare_threshold": 2},
    }


_app = _database(os.environ.get("DATABASE_URL") or "postgresql:///forthwith")
_owner_url = os.environ.get("DATABASE_OWNER_URL")
_pool = int(os.environ.get("FORTHWITH_POOL", "0"))
if _pool:
    _app["OPTIONS"] = {**_app["OPTIONS"], "pool": {"min_size": 2, "max_size": _pool, "timeout": 10}}  # type: ignore[dict-item]
DATABASES: dict[str, dict[str, object]] = {"default": _app}
if _owner_url:
    DATABASES["owner"] = {**_database(_owner_url), "TEST": {"MIRROR": "default"}}
FORTHWITH_APP_ROLE = _app["USER"]
FORTHWITH_ONE_ROLE = not _owner_url or DATABASES["owner"]["USER"] == _app["USER"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "forthwith.apps.audit",
    "forthwith.apps.tenancy",
    "forthwith.apps.directory",
    "forthwith.apps.identity",
    "forthwith.apps.criteria",
    "forthwith.apps.letters",
    "forthwith.apps.authorizations",
    "forthwith.apps.review",
    "forthwith.interfaces.web",
    "forthwith.interfaces.provider_portal",
    "forthwith.interfaces.staff_desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "forthwith.interfaces.web.health.Probes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "forthwith.interfaces.web.middleware.PortalMiddleware",
    "forthwith.interfaces.web.middleware.MachineDoors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "forthwith.interfaces.web.session.IdleSession",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "forthwith.interfaces.web.middleware.ActorMiddleware",
]
ROOT_URLCONF = "forthwith.config.urls"
ASGI_APPLICATION = "forthwith.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "forthwith.interfaces.web.context.shell",
            ],
            "builtins": ["forthwith.interfaces.web.templatetags.forthwith"],
        },
    }
]

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "forthwith.interfaces.web.accounts.Adapter"
ACCOUNT_FORMS = {"login": "forthwith.interfaces.web.accounts.SignIn"}
MFA_ADAPTER = "forthwith.interfaces.web.accounts.SecondStep"
MFA_FORMS = {"authenticate": "forthwith.interfaces.web.accounts.Code"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Guessing is what is held back; a hospital's people come from one address, all at once in the morning.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Forthwith"
MFA_TOTP_TOLERANCE = 1

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "identity_shared_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_MINUTES = 30  # nobody used it for so long: signed out (the server judges, the page warns before)
SESSION_WARN_MINUTES = 5
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "forthwith_session"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "forthwith.interfaces.web.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MEDIA_ROOT = DATA_ROOT / "files"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("FORTHWITH_STATIC") or DATA_ROOT / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"file_permissions_mode": 0o600}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # What strangers get wrong is no event of ours: a flood of it would fill the disk with log.
    "loggers": {"forthwith": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}


def _policies() -> Path:
    """The policies' folder: named, packaged in a wheel, or of the source tree."""
    package = Path(__file__).resolve().parents[1]
    named = os.environ.get("FORTHWITH_POLICIES")
    places = [Path(named)] if named else [package / "_policies", *(above / "policies" for above in package.parents)]
    return next((place for place in places if place.is_dir()), places[0])


FORTHWITH_POLICIES = _policies()
