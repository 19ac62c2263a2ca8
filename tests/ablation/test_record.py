"""Records of ablations that are damaged."""

import pytest

from ganspeech.ablation.record import RecordError, require_same

ROWS = '{"scoring": {}, "rows": {"a": {"fingerprint": 1, "experiment": {}}}}'


@pytest.mark.parametrize(
    "content", ["{", "7", "[]", '{"rows": {}}', '{"rows": [], "scoring": {}}', ROWS, "[" * 9999]
)
def test_a_damaged_record_is_named(tmp_path, content):
    (tmp_path / "ablation.json").write_text(content)
    with pytest.raises(RecordError, match=r"ablation\.json is damaged, name another folder"):
        require_same(tmp_path / "ablation.json", None, {})
