"""Settings of the portal, safe for production without any other file.

Every environment variable is read here, once, and listed in `.env.example`.
"""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
env_file = BASE_DIR / ".env"
if env_file.exists():
    environ.Env.read_env(env_file)

# --- What the environment says -------------------------------------------------------------------

VAR_DIR = Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var")))
SECRET_KEY = env.str("SECRET_KEY", default="")
PORTAL_HOST = env.str("PORTAL_HOST", default="localhost")
PORTAL_PORT = env.int("PORTAL_PORT", default=8000)
# How a ward's own host name is made from its label: "{label}.longxuyen.angiang.gov.vn" in production.
PORTAL_HOST_PATTERN = env.str("PORTAL_HOST_PATTERN", default="{label}." + PORTAL_HOST)
PORTAL_HTTPS = env.bool("PORTAL_HTTPS", default=True)
PORTAL_DEMO = env.bool("PORTAL_DEMO", default=False)
PORTAL_PAGE_CACHE = env.bool("PORTAL_PAGE_CACHE", default=True)
PORTAL_PAGE_CACHE_MB = env.int("PORTAL_PAGE_CACHE_MB", default=64)
# How many pages are made afresh at once, over all processes of this machine; 0: as many as processors, 8 at most.
PORTAL_RENDERS = env.int("PORTAL_RENDERS", default=0)
PORTAL_EMAIL_URL = env.str("PORTAL_EMAIL_URL", default="")
PORTAL_MAIL_FROM = env.str("PORTAL_MAIL_FROM", default="khong-tra-loi@example.invalid")
# Where undeliverable mails of news come back to ("tra-ve@…"), each marked; empty: to the sender, unmarked.
PORTAL_MAIL_RETURNS = env.str("PORTAL_MAIL_RETURNS", default="")
# The domain whose SPF, DKIM and DMARC a job looks up, and the selector of its key; empty: no name server is asked.
PORTAL_MAIL_DOMAIN = env.str("PORTAL_MAIL_DOMAIN", default="")
PORTAL_MAIL_SELECTOR = env.str("PORTAL_MAIL_SELECTOR", default="")
# Who is asked ("127.0.0.1:53"); empty: the first name server of this machine.
PORTAL_NAME_SERVER = env.str("PORTAL_NAME_SERVER", default="")
PORTAL_LOG_LEVEL = env.str("PORTAL_LOG_LEVEL", default="INFO")
# "line": for people; "json": for programs, an object a line.
PORTAL_LOG_FORMAT = env.str("PORTAL_LOG_FORMAT", default="line")
# Set when a web server in front sends the files: the name of its internal location over MEDIA_ROOT.
PORTAL_ACCEL_PREFIX = env.str("PORTAL_ACCEL_PREFIX", default="")
# An object store of the S3 kind for uploaded files and archive, in place of the folders (no bucket: the folders): its
# private bucket, its address ("https://kho.example.vn"), region, and the key with its secret.
PORTAL_S3_BUCKET = env.str("PORTAL_S3_BUCKET", default="")
PORTAL_S3_ENDPOINT = env.str("PORTAL_S3_ENDPOINT", default="").rstrip("/")
PORTAL_S3_REGION = env.str("PORTAL_S3_REGION", default="us-east-1")
PORTAL_S3_KEY = env.str("PORTAL_S3_KEY", default="")
PORTAL_S3_SECRET = env.str("PORTAL_S3_SECRET", default="")
# How many web servers are in front and name the client in X-Forwarded-For.
PORTAL_PROXIES = env.int("PORTAL_PROXIES", default=1 if PORTAL_HTTPS else 0)
# The networks that /readyz tells what is wrong; to others it says only whether the portal serves.
PORTAL_WATCHERS = [ip_network(text) for text in env.list("PORTAL_WATCHERS", default=["127.0.0.0/8", "::1/128"])]
# Who brings it as "Authorization: Bearer …" is told as much from anywhere; empty: no one is.
PORTAL_WATCH_TOKEN = env.str("PORTAL_WATCH_TOKEN", default="")
# What the processes of a server count for /metrics; on a disk of this machine.
PORTAL_FIGURES = Path(env.str("PORTAL_FIGURES", default=str(VAR_DIR / "figures")))
# The seals of the audit trail, on another disk if there is one, and the keys that sign them, apart from both.
PORTAL_SEALS = Path(env.str("PORTAL_SEALS", default=str(VAR_DIR / "seals")))
PORTAL_AUDIT_KEYS = Path(env.str("PORTAL_AUDIT_KEYS", default=str(VAR_DIR / "audit_keys")))
# Kept public pages, which the processes of one server take from each other; on a disk of this machine.
PORTAL_PAGES = Path(env.str("PORTAL_PAGES", default=str(VAR_DIR / "pages")))
# What went from public view, known without the database; on a disk of this machine, never on one of the network.
PORTAL_GONE = Path(env.str("PORTAL_GONE", default=str(VAR_DIR / "gone")))
# Where several machines tell each other of it: a folder that all of them share.
PORTAL_GONE_SHARED = Path(env.str("PORTAL_GONE_SHARED", default=str(VAR_DIR / "gone-shared")))
# Backups: the folder they go to (empty: none are made), who can open them (public keys of the age format), how many
# days, weeks and months they stay, and the folder for the portal's own keys, elsewhere (empty: they are not written).
PORTAL_BACKUP = env.str("PORTAL_BACKUP", default="")
PORTAL_BACKUP_RECIPIENTS = env.list("PORTAL_BACKUP_RECIPIENTS", default=[])
PORTAL_BACKUP_TERMS = env.list("PORTAL_BACKUP_TERMS", default=["7", "5", "12"])
PORTAL_BACKUP_KEYS = env.str("PORTAL_BACKUP_KEYS", default="")
# A bucket elsewhere, with a key of its own, to which each backup goes too (empty: to the folder alone).
PORTAL_BACKUP_S3_BUCKET = env.str("PORTAL_BACKUP_S3_BUCKET", default="")
PORTAL_BACKUP_S3_ENDPOINT = env.str("PORTAL_BACKUP_S3_ENDPOINT", default="").rstrip("/")
PORTAL_BACKUP_S3_REGION = env.str("PORTAL_BACKUP_S3_REGION", default="us-east-1")
PORTAL_BACKUP_S3_KEY = env.str("PORTAL_BACKUP_S3_KEY", default="")
PORTAL_BACKUP_S3_SECRET = env.str("PORTAL_BACKUP_S3_SECRET", default="")
# The empty database that `manage.py restore` writes into: a password on the command line is seen by all on the machine.
PORTAL_RESTORE_DATABASE_URL = env.str("PORTAL_RESTORE_DATABASE_URL", default="")
# Who gets the tips of the chains every day.
PORTAL_AUDIT_MAIL = env.list("PORTAL_AUDIT_MAIL", default=[])
# The malware scanner: "unix:/run/clamav/clamd.ctl" or "host:3310". Empty: there is none, and /readyz says so.
PORTAL_CLAMAV = env.str("PORTAL_CLAMAV", default="")
# Whether files are taken while there is no scanner; the forms then say that it is not looked at.
PORTAL_UNSCANNED_UPLOADS = env.bool("PORTAL_UNSCANNED_UPLOADS", default=PORTAL_DEMO)
# Passwords: changed after this many days, different from this many of the last.
PORTAL_PASSWORD_DAYS = env.int("PORTAL_PASSWORD_DAYS", default=90)
PORTAL_PASSWORD_HISTORY = env.int("PORTAL_PASSWORD_HISTORY", default=5)
# Sessions of the administration: how long one may lie idle, and last at all.
PORTAL_IDLE_MINUTES = env.int("PORTAL_IDLE_MINUTES", default=30)
PORTAL_SESSION_HOURS = env.int("PORTAL_SESSION_HOURS", default=12)
# Accounts that are not used: warned, then suspended after this many days without signing in.
PORTAL_UNUSED_WARN_DAYS = env.int("PORTAL_UNUSED_WARN_DAYS", default=60)
PORTAL_UNUSED_SUSPEND_DAYS = env.int("PORTAL_UNUSED_SUSPEND_DAYS", default=90)
# Traces: where a collector takes them (OTLP over HTTP, "http://127.0.0.1:4318/v1/traces"; empty: off), and of which
# share of the requests.
PORTAL_TRACES_URL = env.str("PORTAL_TRACES_URL", default="")
PORTAL_TRACES_SHARE = env.float("PORTAL_TRACES_SHARE", default=0.05)
# Single sign-on of staff (OpenID Connect): the provider's address as it names itself (empty: off), what the portal is
# called there and its secret, what the button says, which `acr` or `amr` count as the second factor.
PORTAL_OIDC_ISSUER = env.str("PORTAL_OIDC_ISSUER", default="")
PORTAL_OIDC_CLIENT = env.str("PORTAL_OIDC_CLIENT", default="")
PORTAL_OIDC_SECRET = env.str("PORTAL_OIDC_SECRET", default="")
PORTAL_OIDC_NAME = env.str("PORTAL_OIDC_NAME", default="hệ thống đăng nhập chung")
PORTAL_OIDC_SECOND_FACTOR = env.list("PORTAL_OIDC_SECOND_FACTOR", default=[])
DATABASE_URL = env.str("DATABASE_URL", default="")
# The role that the portal runs with, where another one owns the tables: `migrate` gives it its rights.
PORTAL_DATABASE_ROLE = env.str("PORTAL_DATABASE_ROLE", default="")
# A pool in transaction mode (PgBouncer) stands before the database: no session of PostgreSQL outlasts a transaction.
PORTAL_POOLED = env.bool("PORTAL_POOLED", default=False)
# The database itself where a pool stands before it, for what a pool cannot pass on: `manage.py backup`.
PORTAL_DIRECT_DATABASE_URL = env.str("PORTAL_DIRECT_DATABASE_URL", default="")
# A streaming replica, from which pages for all readers are made while it is not behind; empty: from the database alone.
PORTAL_REPLICA_URL = env.str("PORTAL_REPLICA_URL", default="")
PORTAL_CACHE_URL = env.str("PORTAL_CACHE_URL", default="")
EXTRA_HOSTS = env.list("PORTAL_EXTRA_HOSTS", default=[])
# Where redirects may lead outside of the portal: these names and what is below them.
PORTAL_REDIRECT_HOSTS = env.list("PORTAL_REDIRECT_HOSTS", default=["gov.vn"])
# Whether the nightly look asks the web servers of others whether links to them still work (decision 0074).
PORTAL_CHECK_LINKS_OUT = env.bool("PORTAL_CHECK_LINKS_OUT", default=False)
# Turns floods of requests away with 429 (`base/operations/throttle.py`); off only for measuring.
PORTAL_THROTTLE = env.bool("PORTAL_THROTTLE", default=True)
# Whether a web process writes by itself what it counts, also when it ends (`base/public/usage/counting.py`,
# `base/audit/trail.py`); off only where tests load it.
PORTAL_COUNTS_WRITER = True
# Keys for the contact data of citizens, the newest first; without any, one is derived from the secret key.
PORTAL_PERSONAL_KEYS = env.list("PORTAL_PERSONAL_KEYS", default=[])
# Where to report a weakness, in security.txt; empty: the e-mail of the city's unit.
PORTAL_SECURITY_CONTACT = env.str("PORTAL_SECURITY_CONTACT", default="")

if not SECRET_KEY:
    key_file = VAR_DIR / "secret_key"
    SECRET_KEY = key_file.read_text().strip() if key_file.exists() else ""


def demand_secret_key() -> None:
    """Stop the start when no secret key was given.

    Raises ImproperlyConfigured with a message for the person who starts the server.
    """
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "Thiếu SECRET_KEY: hãy đặt biến môi trường SECRET_KEY (ít nhất 50 ký tự ngẫu nhiên) "
            "hoặc tệp var/secret_key trước khi khởi động cổng thông tin."
        )


# --- Django --------------------------------------------------------------------------------------

DEBUG = False
ALLOWED_HOSTS = [
    PORTAL_HOST,
    "." + PORTAL_HOST,
    "." + PORTAL_HOST_PATTERN.format(label="x").split(".", 1)[-1],
    "127.0.0.1",
    *EXTRA_HOSTS,
]
# Names that are always ours; of the subdomains the patterns above let in, only those that a site has.
PORTAL_OWN_HOSTS = {PORTAL_HOST, "127.0.0.1", *EXTRA_HOSTS}
PORTAL_HOST_SUFFIXES = tuple(host for host in ALLOWED_HOSTS if host.startswith("."))
CSRF_TRUSTED_ORIGINS = [
    f"{'https' if PORTAL_HTTPS else 'http'}://{host}{'' if PORTAL_HTTPS else f':{PORTAL_PORT}'}"
    for host in (PORTAL_HOST, "*." + PORTAL_HOST)
]

# A room above stands before the rooms below it, so that its templates and translations win.
INSTALLED_APPS = [
    "home",
    "moving",
    "opendata",
    "reporting",
    "subscriptions",
    "search",
    "royalties",
    "personaldata",
    "faq",
    "servicecatalog",
    "sections",
    "legalref",
    "alerts",
    "workflows",
    "accounts",
    "base",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    # Before all others: what any of them refuses is written down by it.
    "base.middleware.audit.AuditMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "base.middleware.page_cache_headers.PageCacheHeadersMiddleware",
    "base.middleware.headers.SecurityHeadersMiddleware",
    "base.middleware.throttle.ThrottleMiddleware",
    "base.middleware.clean_input.CleanInputMiddleware",
    # Behind what cleans the body it reads, before what asks the database.
    "base.middleware.throttle.FormThrottleMiddleware",
    "base.middleware.hosts.KnownHostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "base.middleware.locale.PathLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.AppointmentMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Whose session has ended, or is not complete yet, is a stranger to everything below.
    "accounts.signin.middleware.SignInMiddleware",
    "base.middleware.admin_gate.AdminGateMiddleware",
    "base.middleware.unreadable_input.UnreadableInputMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "workflows.middleware.RedirectMiddleware",
    # Inside the redirects: Wagtail makes one to the freed name of a taken-down page, once its save is committed.
    "workflows.middleware.GoneMiddleware",
    "workflows.middleware.CountedAnewMiddleware",
]

if PORTAL_TRACES_URL:
    MIDDLEWARE.insert(1, "base.operations.watching.traces.TraceMiddleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The longest that any link for a password may live; each kind has its own end (`accounts/signin/links.py`).
PASSWORD_RESET_TIMEOUT = int(timedelta(days=31).total_seconds())
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Every changing request is one transaction, a reading request takes no lock: see `base/operations/handlers.py`.
if DATABASE_URL:
    _urls = {"default": DATABASE_URL, "direct": PORTAL_DIRECT_DATABASE_URL, "replica": PORTAL_REPLICA_URL}
    DATABASES = {name: env.db_url_config(url) for name, url in _urls.items() if url}
    for _name, _database in DATABASES.items():
        _database.setdefault("CONN_MAX_AGE", 60)
        _database["CONN_HEALTH_CHECKS"] = True
        _database["DISABLE_SERVER_SIDE_CURSORS"] = PORTAL_POOLED and _name != "direct"
        if _name != "default":
            _database["TEST"] = {"MIRROR": "default"}
        if "postgresql" in _database["ENGINE"]:
            # A server that does not answer is an error after seconds, not after the minutes of the network's own
            # patience; in the place of the replica there is another one.
            _database["OPTIONS"] = {
                "connect_timeout": 3 if _name != "replica" else 1,
                "tcp_user_timeout": 10_000,
                **_database.get("OPTIONS", {}),
            }
else:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "portal.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                # Each thread has a connection with a small cache of its own; the file is mapped once for all of them.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
                "PRAGMA mmap_size=1073741824;",
            },
        }
    }

SHARED_CACHE = env.cache_url_config(PORTAL_CACHE_URL) if PORTAL_CACHE_URL else {}
IS_CACHE_IN_REDIS = SHARED_CACHE.get("BACKEND", "").endswith(".RedisCache")
if IS_CACHE_IN_REDIS:
    # Nothing fails while Redis is away.
    SHARED_CACHE["BACKEND"] = "base.operations.machines.cache.SharedCache"
CACHES = {
    # Shared by all processes, because Wagtail keeps here which host leads to which page: a new ward's host must be
    # known to every worker at once. Several machines name a Redis server instead (PORTAL_CACHE_URL).
    "default": SHARED_CACHE
    or {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"},
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# --- Language and place --------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
WAGTAIL_I18N_ENABLED = True
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
# The texts of the portal, then the Vietnamese of the administration; both go before what the libraries bring.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale_admin"]
FORMAT_MODULE_PATH = ["config.formats"]

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
# Files have no public folder: they are served by `base/files/serving.py`, and only while something live shows them.
MEDIA_URL = "/tep/"
ARCHIVE_ROOT = VAR_DIR / "archive"
FOLDERS = {
    "default": {"BACKEND": "base.files.storage.WholeFileStorage"},
    "archive": {"BACKEND": "base.files.storage.ContentFolder"},
}
BUCKET = {
    alias: {"BACKEND": "base.files.object_store.PrivateObjects", "OPTIONS": {"folder": folder}}
    for alias, folder in (("default", "media"), ("archive", "archive"))
}
BACKUPS = {
    "BACKEND": "base.files.object_store.PrivateObjects",
    "OPTIONS": {"folder": "portal-backups", "named": "PORTAL_BACKUP_S3"},
}
STORAGES = {
    **({"backup": BACKUPS} if PORTAL_BACKUP_S3_BUCKET else {}),
    **(BUCKET if PORTAL_S3_BUCKET else FOLDERS),
    "staticfiles": {"BACKEND": "base.public.static_files.PortalStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60
# The bounds of the administration; those of readers are narrower, in `base/middleware/clean_input.py`.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Wagtail -------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Trang thông tin điện tử thành phố Long Xuyên"
WAGTAILADMIN_BASE_URL = f"https://{PORTAL_HOST}" if PORTAL_HTTPS else f"http://{PORTAL_HOST}:{PORTAL_PORT}"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
WAGTAIL_USER_TIME_ZONES = ["Asia/Ho_Chi_Minh"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_FINISH_WORKFLOW_ACTION = "workflows.publishing.finish.finish"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAIL_TIME_FORMAT = "%H:%M"
# Passwords are set on the screens of `accounts/signin`, by the person alone.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_DOCUMENT_MODEL = "base.PortalFile"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "base.files.upload_forms.PortalFileForm"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "csv", "txt", "zip", "mp3", "mp4"]
WAGTAILIMAGES_IMAGE_MODEL = "base.PortalImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "base.files.upload_forms.PortalImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 24_000_000
WAGTAILIMAGES_INDEX_PAGE_SIZE = 30
WAGTAILEMBEDS_FINDERS = []
_SEARCH = "sqlite" if "sqlite" in DATABASES["default"]["ENGINE"] else "postgresql"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": f"search.backends.{_SEARCH}"}}
TAGGIT_CASE_INSENSITIVE = True

# --- Mail, log -----------------------------------------------------------------------------------

# Mail is written with the change that causes it; the job `send_mail` hands it to this backend.
EMAIL_BACKEND = "base.operations.mail.OutboxBackend"
if PORTAL_EMAIL_URL:
    _mail = env.email_url_config(PORTAL_EMAIL_URL)
    PORTAL_DELIVERY_BACKEND = _mail.pop("EMAIL_BACKEND")
    vars().update(_mail)
else:
    PORTAL_DELIVERY_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = SERVER_EMAIL = PORTAL_MAIL_FROM

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "openings": {"()": "base.operations.log_lines.WithoutOpenings"},
        "request_number": {"()": "base.operations.watching.logs.RequestNumber"},
    },
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "base.operations.watching.logs.Json"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": PORTAL_LOG_FORMAT,
            "filters": ["openings", "request_number"],
        }
    },
    "root": {"handlers": ["console"], "level": PORTAL_LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Scanners ask under every name there is; they get 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        # It would write the verifier of a code.
        "authlib": {"level": "WARNING"},
        # Otherwise a hundred lines on the letters of each PDF.
        "fontTools": {"level": "WARNING"},
    },
}

# --- Safety --------------------------------------------------------------------------------------

PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.signin.passwords.PortalPasswordValidator"}]
LOGIN_URL = "wagtailadmin_login"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
# Wrong passwords and codes are counted by account and network (`accounts/signin/throttle.py`), not by the device.
OTP_TOTP_THROTTLE_FACTOR = 0
OTP_TOTP_ISSUER = "Long Xuyên"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = PORTAL_SESSION_HOURS * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PORTAL_HTTPS
# A browser takes a name with this prefix only over HTTPS, for the whole host and for no other host.
COOKIE_PREFIX = "__Host-" if PORTAL_HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
# No cookie beside those two: messages to a user are kept in their session.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = PORTAL_HTTPS
# A supervisor of the process asks it directly, without HTTPS before it.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if PORTAL_HTTPS else 0
# Component sites are subdomains with HTTPS. No preload: browsers list the province's whole domain (decisions/0018).
SECURE_HSTS_INCLUDE_SUBDOMAINS = PORTAL_HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
CSRF_FAILURE_VIEW = "base.views.csrf_failure"
