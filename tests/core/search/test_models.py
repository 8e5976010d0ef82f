"""The tables are those that the models declare, and the index beside them is nobody's business."""

import json
import zipfile

from renda import migrate
from renda.backup import backup, restore
from renda.search.finding import find
from tests.core.records.conftest import COUNTY, NOW


def test_a_new_revision_would_not_touch_the_index(db):
    operations = migrate.differences(db.connection(), "core")
    assert [one for one in operations.ops if "search" in str(vars(one))] == []


def test_a_backup_holds_the_entries_and_what_is_restored_is_found(registry, work, stored_visit, tmp_path):
    path = tmp_path / "backup.zip"
    backup(registry, path, NOW)
    with zipfile.ZipFile(path) as file:
        rows = json.loads(file.read("manifest.json"))["rows"]
    assert rows["core_search_entry"] == 1
    assert not [name for name in rows if name.startswith("fts")]
    restore(registry, path, replace=True)
    with work() as session:
        found = find(session, "孙老家", {COUNTY: ["probe_visit"]}, ["probe_visit"])
        assert [one.record for one in found.entries] == [stored_visit]
