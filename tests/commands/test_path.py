"""Completing paths."""

from pathlib import Path

from tui.commands.path import complete_file, complete_folder, last_path, paths_meant


async def test_a_path_goes_on_as_far_as_there_is_no_choice(tmp_path: Path) -> None:
    for name in ("table-1.pdf", "table-2.pdf", ".hidden", "bad\x1bname"):
        (tmp_path / name).touch()
    (tmp_path / "tables").mkdir()
    (tmp_path / "cards [4]").mkdir()
    root = f"{tmp_path}/"
    assert await complete_file(f"{root}t") == f"{root}table"
    assert await complete_file(f"{root}table-") == f"{root}table-"
    assert await complete_file(f"{root}table-2") == f"{root}table-2.pdf"
    assert await complete_folder(f"{root}t") == f"{root}tables/"
    assert await complete_file(f"{root}c") == f"{root}cards [4]/"
    assert await complete_file(f"{root}.h") == f"{root}.hidden"
    assert await complete_file(f"{root}bad") == f"{root}bad"
    assert await complete_file(f"{root}nothing/x") == f"{root}nothing/x"
    assert await complete_file("~") == "~/"


async def test_a_path_typed_behind_another_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "table.pdf").touch()
    assert last_path("/home/ada//etc/hosts") == "/etc/hosts"
    assert last_path("/home/ada/~/x") == "~/x"
    assert last_path("/home/ada/x") == "/home/ada/x"
    assert last_path("x") == "x"
    assert await complete_file(f"/home/ada/{tmp_path}/t") == f"{tmp_path}/table.pdf"


def test_paths_as_terminals_paste_them(tmp_path: Path) -> None:
    one, two = tmp_path / "a b.pdf", tmp_path / "it's.pdf"
    for file in (one, two, tmp_path / ".hidden.pdf"):
        file.write_text("x")
    meant = [
        (f"/home/ada/'{one}'", [one]),
        (f"/home/ada/{one}", [one]),
        (f"file://{tmp_path}/a%20b.pdf", [one]),
        (f"/home/ada/file://{tmp_path}/a%20b.pdf", [one]),
        (f"'{one}' \"{two}\" ", [one, two]),
        (f"{tmp_path}/*.pdf", [one, two]),
        (f"{tmp_path}/none*.pdf", [tmp_path / "none*.pdf"]),
        (f"{tmp_path}/gone.txt", [tmp_path / "gone.txt"]),
    ]
    for typed, files in meant:
        assert paths_meant(typed) == files, typed
