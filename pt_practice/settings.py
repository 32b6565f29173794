"""Every setting, each from the environment through `env`; closed by default.

`.env.example` lists the variables with their meaning. There is one settings module.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.contrib.messages import constants as message_level

from pt_practice import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Who may reach us -------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
BEHIND_TLS = env.flag("BEHIND_TLS")  # a proxy in front of us speaks https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_HSTS_PRELOAD = BEHIND_TLS
SESSION_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- What is installed ------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
    "web",
    "people",
    "scheduling",
    "documentation",
    "billing",
    "pt_practice",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "web.middleware.IdleLogOff",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "web.middleware.DenyByDefault",
    "web.middleware.NoStore",
    "people.middleware.WhoIsAsking",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "pt_practice.urls"
WSGI_APPLICATION = "pt_practice.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.navigation.context",
            ],
            "builtins": ["web.templatetags.pt"],
        },
    },
]
MESSAGE_TAGS = {message_level.ERROR: "danger"}
FORM_RENDERER = "web.forms.HouseRenderer"

# --- Where rows live --------------------------------------------------------------------------

DATABASES = {
    "default": env.database()
    | {
        "CONN_MAX_AGE": env.number("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "pt_practice"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counters (log-in limits) live in Postgres too, so that no page needs Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
    }
}

# --- Who is who -------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.accounts.StaffOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an owner makes the account and vouches for the address
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # its mail would invite a stranger to sign up
MFA_ALLOW_UNVERIFIED_EMAIL = True  # see ACCOUNT_EMAIL_VERIFICATION
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "PT Practice"
MFA_TOTP_TOLERANCE = 1  # codes; one typed as it runs out, or a telephone half a minute late
AXES_FAILURE_LIMIT = env.number("LOGIN_FAILURE_LIMIT", 10)
AXES_COOLOFF_TIME = 1  # hours
# The same limit for codes of the second step, which axes does not see.
ACCOUNT_RATE_LIMITS = {"login_failed": f"60/m/ip,{AXES_FAILURE_LIMIT}/5m/key"}
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "web.lockout.named_in"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = env.number("PROXY_COUNT", 0)

IDLE_LOG_OFF_SECONDS = env.number("IDLE_LOG_OFF_SECONDS", 30 * 60)
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "web.views.csrf_failure"

# --- What the browser may load ----------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "web.static_files.VendorFinder",
]
# Of third-party packages only the files that pages load, from where they are installed.
VENDOR_FILES: dict[str, tuple[Path | str, list[str]]] = {
    "vendor/tabler": (
        NODE_MODULES / "@tabler" / "core" / "dist",
        ["css/tabler.min.css", "js/tabler.min.js"],
    ),
    "vendor/inter": (
        NODE_MODULES / "@fontsource-variable" / "inter",
        ["index.css", "files/*-wght-normal.woff2"],
    ),
    "vendor/htmx": (NODE_MODULES / "htmx.org" / "dist", ["htmx.min.js"]),
    "vendor/signature-pad": (NODE_MODULES / "signature_pad" / "dist", ["signature_pad.min.js"]),
    "vendor/event-calendar": (
        NODE_MODULES / "@event-calendar" / "build" / "dist",
        ["event-calendar.min.css", "event-calendar.min.js"],
    ),
    "account": ("allauth/account/static/account", ["js/onload.js"]),
    "mfa": ("allauth/mfa/static/mfa", ["js/webauthn.js", "js/webauthn-json.js"]),
}
ICON_DIR = NODE_MODULES / "@tabler" / "icons" / "icons" / "outline"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or env.flag("STATIC_UNHASHED")
            else "web.static_files.HashedFiles"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # a 5 MB paste gets an answer, not a dropped line
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- Words and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- The API ----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.api_access.TokenAuthentication",
        "people.api_access.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["people.api_access.RoleAllows"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "people.api_schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "web.api.Pages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "web.api.problem_details",
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "PT Practice",
    "DESCRIPTION": "Patients, appointments, visits, notes and claims of a physical-therapy clinic.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["people.api_access.RoleAllows"],
    "SERVE_AUTHENTICATION": None,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "people.api_schema.add_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AttachmentKindEnum": "documentation.models.attachment.Attachment.Kind",
        "NoteKindEnum": "documentation.models.note.Note.Kind",
        "SexEnum": "people.models.patient.Sex",
        "StateEnum": "people.validators.STATE_CHOICES",
    },
}

# --- The background ---------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# WeasyPrint keeps memory; a fresh child gives it back (docs/benchmarks.md).
CELERY_WORKER_MAX_TASKS_PER_CHILD = env.number("WORKER_TASKS_PER_CHILD", 200)
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env.number("WORKER_MEMORY_MB_PER_CHILD", 400) * 1024  # KiB
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "visibility_timeout": 3600,
}
CELERY_TASK_PUBLISH_RETRY = False  # Redis down: the row waits, the sweep finds it
CELERY_TASK_ALWAYS_EAGER = env.flag("CELERY_EAGER")

# --- Messages and logs ------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT_SECONDS", 20)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "PT Practice <no-reply@localhost>")

PUBLIC_URL = env.address("PUBLIC_URL", "http://localhost:8000")  # links in messages begin with it
SMS_URL = env.address("SMS_URL")  # none: text messages are written to the console
SMS_ACCOUNT = env.text("SMS_ACCOUNT")
SMS_TOKEN = env.optional_secret("SMS_TOKEN")
SMS_FROM = env.text("SMS_FROM")
SMS_TIMEOUT_SECONDS = env.number("SMS_TIMEOUT_SECONDS", 10)

# Where faxes and e-mails to providers are put when no carrier is chosen: a folder of this machine.
LETTERS_DIR = Path(env.text("LETTERS_DIR", str(BASE_DIR / "var" / "letters")))

# Where partners' passwords and keys lie, a file each; none: no file goes out by SFTP.
PARTNER_SECRETS_DIR = env.text("PARTNER_SECRETS_DIR")
SFTP_TIMEOUT_SECONDS = env.number("SFTP_TIMEOUT_SECONDS", 30)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"paramiko": {"level": "WARNING"}},  # it tells of every step of a log-in
}
