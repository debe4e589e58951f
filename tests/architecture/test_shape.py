"""A file is a page, a function a paragraph; kernels only compute; every public name is typed and explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
REFERENCE = ROOT / "tests" / "reference"
MODULES = sorted(SRC.rglob("*.py"))
KERNELS = [path for path in sorted((SRC / "funnelsim" / "kernels").glob("*.py")) if path.name != "__init__.py"]
WITHOUT_TWIN = {
    *("jit.py", "by_reference.py", "cell_layout.py", "walk_arrays.py", "funnel_arrays.py", "funnel_state.py"),
    *("day_sweep.py", "funnel_books.py", "funnel_calendar.py", "funnel_clocks.py", "funnel_draws.py"),
    *("lead_births.py", "lead_stays.py", "lead_traits.py", "ownership.py", "return_rules.py", "team_cards.py"),
    *("work_lines.py", "work_queues.py"),
}
"""The compiler's doors and the bundles of arrays compute nothing, and the layout of cells is data that kernels and
twins are both tested on.  The sweep over days is one step of the walk, whose twin counts the edges one by one.  The
funnel's other files are steps of its walk: reference/funnel_walk.py does what they do, scanning where they wait."""

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
P95_FUNCTION = 30
MOST_KERNEL_PARAMETERS = 8

Function = ast.FunctionDef | ast.AsyncFunctionDef


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def body_lines(function: Function) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def compiled(function: Function) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id in {"kernel", "inline", "step", "inline_step"}
        for one in function.decorator_list
    )


def public_functions(tree: ast.Module) -> Iterator[tuple[Function, bool]]:
    """Functions and methods that a reader of the module may call, and whether they are methods."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node, False
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from ((one, True) for one in node.body if isinstance(one, Function) and not one.name.startswith("_"))


def test_no_file_is_longer_than_a_page() -> None:
    long = {
        short(path): lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long, f"files of more than {LONGEST_FILE} lines; split them by meaning: {long}"


def test_no_function_is_longer_than_a_paragraph() -> None:
    sizes = sorted(
        (body_lines(function), f"{short(path)}:{function.lineno} {function.name}")
        for path in MODULES
        for function in functions(tree_of(path))
    )
    too_long = [where for size, where in sizes if size > LONGEST_FUNCTION]
    assert not too_long, f"functions of more than {LONGEST_FUNCTION} lines: {too_long}"
    p95 = sizes[min(len(sizes) - 1, int(0.95 * len(sizes)))][0]
    assert p95 <= P95_FUNCTION, (
        f"19 functions in 20 have at most {p95} lines, not {P95_FUNCTION}; the longest: {sizes[-10:]}"
    )


@pytest.mark.parametrize("path", KERNELS, ids=lambda path: path.stem)
def test_kernels_take_few_parameters_and_neither_raise_nor_print(path: Path) -> None:
    tree = tree_of(path)
    for function in functions(tree):
        count = len(function.args.args) + len(function.args.kwonlyargs)
        assert count <= MOST_KERNEL_PARAMETERS, (
            f"{function.name} takes {count} parameters; bundle arrays in a NamedTuple"
        )
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Raise), (
            f"{short(path)}:{node.lineno}: a kernel does not raise; the door has checked"
        )
        printed = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        assert not printed, f"{short(path)}: a kernel does not print"


@pytest.mark.parametrize(
    "path", [path for path in KERNELS if path.name not in WITHOUT_TWIN], ids=lambda path: path.stem
)
def test_every_kernel_file_has_a_slow_twin(path: Path) -> None:
    if not any(functions(tree_of(path))):
        return
    assert (REFERENCE / path.name).is_file(), f"tests/reference/{path.name} is missing"
    for function in filter(compiled, functions(tree_of(path))):
        for named in re.findall(r"Twin\s+(\S+\.py)", ast.get_docstring(function) or ""):
            assert (ROOT / named).is_file(), f"{function.name} names a twin that is not there: {named}"


def test_twins_share_nothing_with_what_they_check() -> None:
    for path in sorted(REFERENCE.glob("*.py")):
        borrowed = [name for name in imported(tree_of(path)) if name.split(".")[0] in {"funnelsim", "numba"}]
        assert not borrowed, f"{short(path)} imports {borrowed}"


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_are_absolute_and_name_the_defining_module() -> None:
    # nearly every import cycle seen in other projects runs through a package's __init__
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.ImportFrom):
                continue
            assert node.level == 0, f"{short(path)}:{node.lineno}: relative import"
            package = SRC / (node.module or "").replace(".", "/")
            for alias in node.names if package.is_dir() else ():
                submodule = (package / f"{alias.name}.py").is_file() or (package / alias.name).is_dir()
                assert submodule or alias.name == "__version__", (
                    f"{short(path)}:{node.lineno}: {alias.name} comes from a package"
                )


def test_scipy_stats_is_imported_nowhere_but_where_designs_are_drawn() -> None:
    users = [path for path in MODULES if any(name.startswith("scipy.stats") for name in imported(tree_of(path)))]
    slow = [short(path) for path in users if path.name != "designs.py"]
    assert not slow, f"scipy.stats takes most of a second to import: {slow}"
    early = [node for path in users for node in tree_of(path).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not any("scipy.stats" in ast.unparse(node) for node in early), "only inside the functions that draw"


@pytest.mark.parametrize("floor", ["model", "engines", "kernels"])
def test_floors_that_compute_touch_neither_files_nor_the_clock(floor: str) -> None:
    allowed = {"jit.py"}  # the compiler's door keeps a folder of compiled kernels
    for path in sorted((SRC / "funnelsim" / floor).glob("*.py")):
        if path.name in allowed:
            continue
        tree = tree_of(path)
        reach = {name.split(".")[0] for name in imported(tree)} & {"pathlib", "shutil", "tempfile", "socket", "urllib"}
        assert not reach, f"{short(path)} imports {reach}"
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                assert name not in {"open", "today", "now", "utcnow"}, f"{short(path)}:{node.lineno} calls {name}()"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SRC / "funnelsim")))
def test_public_functions_are_typed_and_explained(path: Path) -> None:
    for function, method in public_functions(tree_of(path)):
        where = f"{short(path)}:{function.lineno} {function.name}"
        assert ast.get_docstring(function), f"{where} has no docstring"
        if compiled(function):
            continue  # a kernel's types are in its docstring: the compiler infers them from the call
        skipped = (
            1
            if method
            and not any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in function.decorator_list)
            else 0
        )
        arguments = [*function.args.posonlyargs, *function.args.args][skipped:] + function.args.kwonlyargs
        untyped = [argument.arg for argument in arguments if argument.annotation is None]
        assert not untyped, f"{where} has untyped parameters: {untyped}"
        assert function.returns is not None, f"{where} has no return type"
