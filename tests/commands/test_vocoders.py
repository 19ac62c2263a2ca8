"""`ganspeech vocoders`: the list."""

from ganspeech import shipped
from ganspeech.commands import vocoders
from ganspeech.commands.cli import main


def test_all_shipped_vocoders_are_listed_without_a_name(capsys, monkeypatch):
    monkeypatch.setattr(vocoders, "VOCODERS", {})
    assert main(["vocoders"]) == 0
    _, *rows, _ = capsys.readouterr().out.strip().splitlines()
    assert [row.split()[0] for row in rows] == shipped.names("vocoder")
