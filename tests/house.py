"""The product's own source, read as text and as trees, for the tests that hold the house rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "billing", "captions", "catalogue", "clips", "core", "fastclip_site", "jobs", "live", "marketing",
        "media", "uploads", "webhooks"]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def sources() -> dict[str, ast.Module]:
    """Path inside the repository -> tree, of every module of the product; migrations are Django's writing."""
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in found}


def text_of(path: str) -> str:
    return (ROOT / path).read_text()


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """`path:line name` and tree of every function and method."""
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, DEFINITIONS):
                yield f"{path}:{node.lineno} {node.name}", node


def calls_and_imports(tree: ast.Module) -> set[str]:
    """Dotted names that a module imports or mentions: `subprocess`, `os.fork`, `django.db.models.signals`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found |= {ast.unparse(node)}
    return found


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def lines_of_code(paths: Iterator[Path]) -> int:
    """Lines that are neither blank nor only a comment."""
    return sum(bool(line.strip()) and not line.lstrip().startswith("#")
               for path in paths for line in path.read_text().splitlines())


def routes(prefixes: tuple[str, ...]) -> dict[str, type | None]:
    """`v1/clip/{job_id}` -> its DRF view class (None for a plain function), for every route below the prefixes."""
    from django.urls import URLPattern, get_resolver

    def walk(patterns: list, before: str) -> Iterator[tuple[str, type | None]]:
        for pattern in patterns:
            path = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), getattr(pattern.callback, "cls", None)
            else:
                yield from walk(pattern.url_patterns, path)

    return {path: view for path, view in walk(get_resolver().url_patterns, "") if path.startswith(prefixes)}


API_ROUTES = ("v1/", "api/", "sapi/", "papi/")


def api_operations() -> list[tuple[str, str]]:
    """(method, path) of every API route, the methods in lower case."""
    return sorted((method, f"/{path}") for path, view in routes(API_ROUTES).items() if view is not None
                  for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method))
