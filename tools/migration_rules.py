"""Whether the release before can live with the tables that newer migrations leave.

While a release takes the place of another one, and after going back, older code reads and writes newer tables. So a
change goes in three releases: 1. expand: new columns that may be empty, or that the database fills by itself
(`db_default`); 2. migrate: the new code writes both, rows are filled; 3. contract: what no release uses any more goes.
A migration that contracts says why the release before lives with it, in its class: `lives_with_old_code = "…"`.

    python tools/migration_rules.py            name what breaks the rules, among migrations since the last release
    python tools/migration_rules.py release    note the migrations that there are as those of a release
"""

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / "deploy" / "released_migrations.json"
REASON = "lives_with_old_code"
# What takes away, or renames, what older code names.
TAKES_AWAY = {
    "RemoveField": "bỏ cột {name}",
    "RenameField": "đổi tên cột {old_name}",
    "DeleteModel": "bỏ bảng {name}",
    "RenameModel": "đổi tên bảng {old_name}",
    "AlterModelTable": "đổi tên bảng {name}",
    "AlterUniqueTogether": "thêm điều kiện duy nhất cho {name}",
    "AddConstraint": "thêm điều kiện cho {model_name}",
    "RunSQL": "chạy SQL mà quy tắc này không đọc được",
}


def main(arguments: list[str]) -> int:
    """Print what breaks the rules, or note a release; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    sys.path.insert(0, str(ROOT))
    import django  # noqa: PLC0415  needs the settings named above

    django.setup()
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    loader = MigrationLoader(None)
    if arguments == ["release"]:
        BASELINE.write_text(json.dumps(released(loader), indent=1) + "\n", encoding="utf-8")
        return 0
    found = since_release(loader)
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


def since_release(loader) -> list[str]:
    """Return what breaks the rules since the release that was noted; before the first one, migrations are free."""
    if not BASELINE.exists():
        return []
    return list(violations(loader, json.loads(BASELINE.read_text(encoding="utf-8"))["migrations"]))


def version() -> str:
    """Return the version of the code."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def released(loader) -> dict:
    """Return the release and the migrations of our rooms: {"release", "migrations": {room: [names]}}."""
    rooms: dict[str, list[str]] = {}
    for room, name in sorted(loader.disk_migrations):
        if (ROOT / room / "migrations").is_dir():
            rooms.setdefault(room, []).append(name)
    return {"release": version(), "migrations": rooms}


def violations(loader, known: dict[str, list[str]]) -> Iterator[str]:
    """Yield a line for each operation of a migration since the release that older code cannot live with."""
    for (room, name), migration in sorted(loader.disk_migrations.items()):
        if not (ROOT / room / "migrations").is_dir() or name in known.get(room, ()):
            continue
        if len(str(getattr(migration, REASON, ""))) >= 20:
            continue
        before = loader.project_state((room, name), at_end=False)
        for line in problems_of(migration, before):
            yield f"{room}.{name}: {line}; chia thành nhiều bản phát hành, hoặc ghi {REASON} với lý do"


def problems_of(migration, state) -> Iterator[str]:
    """Yield what older code cannot live with in a migration; `state`: the project before it."""
    state, room, made = state.clone(), migration.app_label, set()
    for whole in migration.operations:
        for operation in _of_the_database(whole):
            kind, model = _kind(operation), str(getattr(operation, "model_name", "")).lower()
            if kind == "CreateModel":
                made.add(operation.name_lower)
            elif model in made:
                # Older code does not know the table.
                continue
            elif kind in TAKES_AWAY:
                yield TAKES_AWAY[kind].format_map(vars(operation))
            elif kind == "AddField" and not _may_be_left_out(operation.field):
                yield f"cột mới {operation.name} không để trống được và cơ sở dữ liệu không tự điền (thiếu db_default)"
            elif kind == "AlterField":
                yield from _narrowed(operation, state.models[room, model].fields[operation.name])
        whole.state_forwards(room, state)


def _narrowed(operation, was) -> Iterator[str]:
    field = operation.field
    if was.null and not field.null:
        yield f"cột {operation.name} không còn để trống được"
    if field.unique and not was.unique:
        yield f"cột {operation.name} phải duy nhất"
    if field.get_internal_type() != was.get_internal_type():
        yield f"cột {operation.name} đổi kiểu"
    if (was.max_length or 0) > (field.max_length or sys.maxsize):
        yield f"cột {operation.name} ngắn lại"


def _may_be_left_out(field) -> bool:
    """Tell whether a row that older code writes gets by without a field."""
    return field.many_to_many or field.null or field.has_db_default()


def _of_the_database(operation) -> list:
    """Return what an operation does to the database: itself, or what it holds."""
    if _kind(operation) == "SeparateDatabaseAndState":
        return operation.database_operations
    return [operation]


def _kind(operation) -> str:
    return type(operation).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
