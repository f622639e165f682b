"""The rules of the house that no linter knows. What fails here names the place and the rule."""

from __future__ import annotations

import ast
import re
from io import StringIO

import pytest
from django.core.management import call_command

from core.codes import STATUS_OF
from tests import house
from tests.house import ROOT, api_operations, functions, sources, strings, text_of

# Codes of things that ended badly, told inside a 200: of uploads (C033) and of jobs (C049).
ENDINGS = {"aborted", "expired", "size_mismatch", "unsupported_media", "duration_exceeded", "resolution_exceeded",
           "corrupt", "no_streams", "storage_failed", "cancelled", "account_deleted", "source_gone", "out_of_range",
           "no_audio", "no_speech", "nothing_found", "missing_glyphs", "media_error", "timed_out", "gave_up",
           "upload_failed"}
STARTERS = {"subprocess", "multiprocessing", "os.system", "os.popen", "os.fork", "os.forkpty", "os.posix_spawn",
            "pty", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "concurrent.futures"}
MAY_START = {"media/ffmpeg.py", "jobs/worker.py"}


# --- Routes -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("method", "path"), api_operations(), ids=lambda part: part)
def test_every_route_is_in_the_published_description(method, path):
    from fastclip_site import reference

    assert method in reference.schema()["paths"].get(path, {})


@pytest.mark.parametrize("path", sorted({path for method, path in api_operations()}))
def test_every_route_is_mentioned_by_a_test_of_the_api(path):
    """By its path, an id standing as `{...}`, in quotes of any kind."""
    fixed = [re.escape(part) for part in re.split(r"\{\w+\}", path)]
    mention = re.compile(r"""[^"'\s]+""".join(fixed) + r"""(?=["'/?\s]|$)""", re.M)
    suites = [test.read_text() for test in (ROOT / "tests").rglob("test_*.py")
              if test.name not in ("test_house.py", "test_ownership.py", "test_openapi.py")]
    assert any(mention.search(suite) for suite in suites), f"no test speaks of {path}"


@pytest.mark.parametrize("path", sorted({path for method, path in api_operations()}))
def test_every_route_is_in_the_short_reference(path):
    last = path.rsplit("/", 1)[1]
    told = text_of("docs/api.md")
    assert path in told or f"`/{last}`" in told, f"docs/api.md does not name {path}"


# --- Codes ------------------------------------------------------------------------------------------------

def codes_in_use() -> dict[str, str]:
    """Code -> where: class attributes and arguments called `code` of errors that clients see."""
    found: dict[str, str] = {}
    for path, tree in sources().items():
        if path.startswith("media/") or path in ("core/codes.py",):
            continue
        for node in ast.walk(tree):
            for value in _codes_of(node):
                found[value] = f"{path}:{node.lineno}"
    return found


def _codes_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ClassDef):
        return [value for statement in node.body if isinstance(statement, ast.Assign)
                for value in _assigned(statement)]
    if isinstance(node, ast.Call) and _name(node.func) not in ("fail", "JobFailed", "refuse", "_fail", "_refuse"):
        return [word.value.value for word in node.keywords
                if word.arg == "code" and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)]
    return []


def _assigned(statement: ast.Assign) -> list[str]:
    target, value = statement.targets[0], statement.value
    pairs = list(zip(target.elts, value.elts, strict=False)) if isinstance(target, ast.Tuple) and isinstance(
        value, ast.Tuple) else [(target, value)]
    return [part.value for name, part in pairs if isinstance(name, ast.Name) and name.id == "code"
            and isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value]


def _name(func: ast.AST) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def test_c149_no_route_answers_with_a_code_outside_the_contract():
    strange = {code: where for code, where in codes_in_use().items() if code not in {*STATUS_OF, *ENDINGS}}
    assert not strange


def test_c149_every_error_class_has_the_status_that_the_contract_gives_its_code():
    from core.errors import FastClipError

    def below(kind: type) -> list[type]:
        return [kind, *(inner for sub in kind.__subclasses__() for inner in below(sub))]

    wrong = {kind.__qualname__: (kind.status, kind.code) for kind in below(FastClipError)
             if kind.__module__.split(".")[0] in house.APPS and STATUS_OF.get(kind.code) != kind.status
             and kind.status != 416}  # HTTP's own answer to a range of a file
    assert not wrong


@pytest.mark.parametrize("code", sorted(set(codes_in_use()) & set(STATUS_OF)))
def test_every_code_in_use_is_explained(code):
    assert f"`{code}`" in text_of("docs/api.md")


# --- Settings ---------------------------------------------------------------------------------------------

def settings_read() -> list[str]:
    """Names of the environment that the product reads through fastclip_site.env."""
    readers = {"text", "integer", "flag", "words", "folder", "secret", "database", "cache"}
    return sorted({node.args[0].value for tree in sources().values() for node in ast.walk(tree)
                   if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                   and isinstance(node.func.value, ast.Name) and node.func.value.id == "env"
                   and node.func.attr in readers and isinstance(node.args[0], ast.Constant)})


@pytest.mark.parametrize("name", settings_read())
def test_every_setting_is_explained(name):
    assert f"`{name}`" in text_of("docs/operations.md"), f"docs/operations.md does not explain {name}"


def test_the_environment_is_read_in_one_place():
    readers = {path for path, tree in sources().items()
               if {"os.environ", "os.getenv", "environ"} & house.calls_and_imports(tree)}
    # the servers name the settings module, children get an environment of their own, and doctor looks at what
    # other programs (gunicorn, ffprobe's callers) read
    assert readers <= {"fastclip_site/env.py", "fastclip_site/wsgi.py", "fastclip_site/asgi.py", "media/ffmpeg.py",
                       "jobs/worker.py", "core/checks.py"}


# --- What only one place may do ---------------------------------------------------------------------------

@pytest.mark.parametrize("path", sorted(set(sources()) - MAY_START))
def test_only_the_engine_and_the_supervisor_start_processes(path):
    """Naming `subprocess.Popen` as a type is fine; calling it, or importing a name out of the module, is not."""
    tree = sources()[path]
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    taken = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    started = {name for name in called if name in STARTERS or name.split(".")[0] in STARTERS
               or name.startswith(("os.spawn", "os.exec"))}
    assert not started and not STARTERS & taken


@pytest.mark.parametrize("path", sorted(sources()))
def test_nobody_locks_rows_or_listens_to_signals(path):
    code = text_of(path)
    assert "select_for_update" not in code
    names = house.calls_and_imports(sources()[path])
    signals = {"django.dispatch", "django.db.models.signals", "django.dispatch.receiver"} & names
    assert not signals and not re.search(r"\b(pre|post)_(save|delete|init)\b", code)


def test_no_model_has_logic_in_save():
    found = [name for name, node in functions() if node.name == "save" and "models" in name.split(":")[0]]
    assert not found


def test_only_the_job_runner_catches_everything():
    broad = [f"{path}:{node.lineno}" for path, tree in sources().items() for node in ast.walk(tree)
             if isinstance(node, ast.ExceptHandler) and (
                 node.type is None or {"Exception", "BaseException"} & set(_names(node.type)))]
    assert len(broad) <= 1, broad
    assert all(place.startswith("jobs/") for place in broad)


def _names(node: ast.AST) -> list[str]:
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]


def test_the_engine_knows_no_web():
    for path in sources():
        if path.startswith("media/"):
            names = house.calls_and_imports(sources()[path])
            assert not [name for name in names if name.split(".")[0] in ("django", "rest_framework")], path


# --- Size and shape ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", sorted(sources()))
def test_a_file_stays_under_400_lines(path):
    assert len(text_of(path).splitlines()) < 400


def test_a_function_stays_under_40_lines_and_nearly_all_under_35():
    lengths = {name: node.end_lineno - node.lineno + 1 for name, node in functions()}
    assert not {name: length for name, length in lengths.items() if length >= 40}
    longest = sorted(lengths.values())
    assert longest[int(len(longest) * 0.95)] <= 35


def test_every_function_is_annotated():
    def bare(node: ast.FunctionDef) -> bool:
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        given += [rest for rest in (node.args.vararg, node.args.kwarg) if rest]
        missing = [argument for argument in given if argument.annotation is None
                   and argument.arg not in ("self", "cls")]
        return bool(missing) or node.returns is None

    assert not [name for name, node in functions() if bare(node)]


@pytest.mark.parametrize("path", sorted(sources()))
def test_modules_are_named_for_what_they_hold(path):
    assert not re.search(r"(^|/)(utils?|helpers?|common|misc|tools)\.py$", path)
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text_of(path))


@pytest.mark.parametrize("path", sorted(path for path, tree in sources().items() if tree.body))
def test_every_module_says_what_it_is(path):
    said = ast.get_docstring(sources()[path])
    plain = path.endswith(("__init__.py", "/apps.py", "/urls.py"))
    assert said or plain, f"{path} has no docstring"


def test_views_of_the_api_stay_short():
    for path, tree in sources().items():
        if not path.endswith("/api.py"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name in ("get", "post", "put", "patch", "delete"):
                length = node.end_lineno - node.body[0].lineno + 1
                assert length <= 12, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", sorted(path for path in sources() if path.endswith(("/api.py", "/pages.py"))))
def test_views_do_not_query_the_database_themselves(path):
    assert not re.search(r"\.objects\b", text_of(path))


def test_nothing_of_ours_speaks_of_where_it_was_made():
    for path in sources():
        assert "/work/" not in text_of(path), path


# --- Data -------------------------------------------------------------------------------------------------

def test_the_migrations_match_the_models(db):
    said = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said, stderr=said)


def test_no_english_sentence_is_a_secret():
    """Nothing in the source looks like a live key of ours or of a provider."""
    key = re.compile(r"\b(sk_live_[A-Za-z0-9_-]{20,}|whsec_[A-Za-z0-9]{16,}|AKIA[A-Z0-9]{16})\b")
    for path, tree in sources().items():
        assert not [text for text in strings(tree) if key.search(text)], path


def test_imports_go_downwards_only():
    from importlinter.api import read_configuration
    from importlinter.application.use_cases import lint_imports

    assert read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)


def test_the_tests_outweigh_the_source(record_property):
    ours = house.lines_of_code(path for app in house.APPS for path in (ROOT / app).rglob("*.py")
                               if "migrations" not in path.parts)
    tests = house.lines_of_code((ROOT / "tests").rglob("*.py"))
    ratio = tests / ours
    record_property("tests_to_source", round(ratio, 2))
    print(f"{tests} lines of tests to {ours} of source: {ratio:.2f}")
    assert ratio >= 0.8  # the house wants 1.5
