"""`make bench`: that measurements run and yield sane figures. How fast anything is, no test asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import bench  # noqa: E402
from bench_rows import Row, alternate, median, percentile, told  # noqa: E402

OURS = ["upload", "pages"]  # the others start the same site; a whole run takes them all


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """One quick run of two measurements, as the JSON it leaves and what it prints."""
    folder = tmp_path_factory.mktemp("bench")
    dropped = ("DJANGO_", "FASTCLIP_", "STATIC_MANIFEST", "DATABASE_URL", "PUBLIC_", "PORT", "SECRET_KEY", "LOG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    done = subprocess.run(
        [sys.executable, "scripts/bench.py", *OURS], cwd=ROOT, capture_output=True, text=True, timeout=1200,
        env=kept | {"FASTCLIP_BENCH_QUICK": "1", "FASTCLIP_BENCH": str(folder),
                    "FASTCLIP_BENCH_JSON": str(folder / "rows.json")})
    assert (folder / "rows.json").exists(), done.stdout + done.stderr
    return json.loads((folder / "rows.json").read_text()), done.stdout, folder


@pytest.mark.deep
def test_measurements_run_and_no_figure_is_absurd(measured):
    told_rows, printed, _ = measured
    rows = [Row(**row) for row in told_rows["rows"]]
    assert len(rows) == 11
    assert all(0 <= row.value < 10**5 for row in rows)
    assert all(row.value > 0 for row in rows if row.unit in ("x", "/s", "s", "ms", "queries"))
    assert [row.row for row in rows if row.row not in printed] == []


@pytest.mark.deep
def test_the_machines_facts_stand_above_the_table(measured):
    told_rows, printed, _ = measured
    assert set(told_rows["facts"]) == {"processor", "memory", "system", "load before", "load after", "date", "commit"}
    assert "SQLite" in told_rows["facts"]["system"] and "ffmpeg" in told_rows["facts"]["system"]
    assert printed.index("- processor: ") < printed.index("| what ")


@pytest.mark.deep
def test_a_quick_run_leaves_nothing_behind_and_the_page_as_it_was(measured):
    _, printed, folder = measured
    assert sorted(path.name for path in folder.iterdir()) == ["rows.json"]
    assert "Kept in" not in printed


@pytest.mark.parametrize(("value", "goal", "met"), [
    (3.0, "<= 3", "yes"), (3.01, "<= 3", "no"), (63.9, "< 64", "yes"), (64.0, "< 64", "no"),
    (300.0, ">= 300", "yes"), (299.0, ">= 300", "no"), (1.0, "> 1", "no"), (5.0, "", ""),
    (900.0, "== 900", "yes"), (899.0, "== 900", "no")])
def test_a_goal_is_met_or_not(value, goal, met):
    assert Row("r", value, goal).met() == met


def test_the_sides_of_a_ratio_take_turns_and_the_first_one_changes():
    calls: list[str] = []
    found = alternate(3, lambda: calls.append("a") or 1.0, lambda: calls.append("b") or 2.0)
    assert calls == ["a", "b", "b", "a", "a", "b"]
    assert found == [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]


def test_medians_and_percentiles_are_figures_that_were_measured():
    figures = [5.0, 1.0, 9.0, 2.0, 3.0]
    assert (median(figures), percentile(figures, 0.95), percentile(figures, 0)) == (3.0, 9.0, 1.0)
    assert told(figures, 1) == "3.0 (1.0 to 9.0)"


@pytest.mark.parametrize(("value", "shown"), [(0.04213, "0.0421"), (2.136, "2.14"), (318.4, "318"), (12345.6, "12,346"),
                                              (0.0, "0")])
def test_figures_are_shown_with_three_digits(value, shown):
    assert bench.figure(value) == shown


def test_the_table_is_markdown_with_a_verdict_for_each_goal():
    lines = bench.table([Row("upload", 2.1, "<= 3", "x", "five runs"), Row("memory", 80.0, "", "MB")]).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["what", "measured", "goal", "met", "how"]
    assert cells[2:] == [["upload", "2.1 x", "<= 3", "yes", "five runs"], ["memory", "80 MB", "", "", ""]]


def test_the_last_run_is_kept_between_its_marks_and_nowhere_else(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{bench.BEGIN}\nold\n{bench.END}\nafter\n")
    bench.keep("new", page)
    bench.keep("newer", page)
    assert page.read_text() == f"before\n{bench.BEGIN}\n\nnewer\n\n{bench.END}\nafter\n"


def test_a_page_without_marks_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("text")
    with pytest.raises(ValueError, match="no place"):
        bench.keep("new", page)
    assert page.read_text() == "text"


def test_the_repositorys_page_has_a_place_for_the_last_run():
    text = bench.PAGE.read_text()
    assert text.index(bench.BEGIN) < text.index(bench.END)


def test_an_unknown_measurement_is_refused_before_anything_starts(capsys):
    with pytest.raises(SystemExit, match="No such measurement: speed"):
        bench.main(["polls", "speed"])
    assert capsys.readouterr().out == ""


def test_a_module_that_measures_itself_is_run_apart_and_its_lines_are_rows(tmp_path, monkeypatch, capsys):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    told = '{"row": "cut", "value": 0.1, "goal": "<= 0.2", "unit": "x", "note": "%s"}'
    (scripts / "bench_cut.py").write_text(
        f"import os, sys\nprint('words')\nprint('{told}' % os.path.isdir(sys.argv[1]))")
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    assert bench.measure(["cut"], tmp_path) == [Row("cut", 0.1, "<= 0.2", "x", "True")]
    assert "cut: 1 rows" in capsys.readouterr().out
    (scripts / "bench_cut.py").write_text("raise SystemExit(3)")
    with pytest.raises(SystemExit, match=r"bench_cut\.py failed"):
        bench.measure(["cut"], tmp_path / "scripts")


def test_a_module_that_is_not_there_is_told_and_left_out(tmp_path, capsys):
    assert bench.measure(["nothing"], tmp_path) == []
    assert "nothing: not part of this version" in capsys.readouterr().out
