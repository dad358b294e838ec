"""What expressions see of a dossier: one name at a time it is what it is of all at once."""

from decimal import Decimal

import pytest

from engine.store.rows import DossierRow
from engine.usecases.cases import Case
from engine.usecases.evaluation import Seen


@pytest.mark.sqlite
def test_names_made_when_they_are_read_are_those_made_all_at_once(office):
    dossier = office.permit()
    office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
    with office.unit("linh.vt") as unit:
        row = unit.session.get_one(DossierRow, dossier)
        row.data = {**row.data, "from_nowhere": 1.5}  # of no form any more
        case = Case.of(unit, row)
        item = case.items[0]
        for at in (None, item):
            seen = Seen(row, case.procedure, row.data, case.competent_unit, unit.now, at)
            known = case.context(at)
            assert dict(seen) == known
            assert len(seen) == len(known)
            assert all(name in seen for name in known)
        assert "nothing_like_it" not in seen
        with pytest.raises(KeyError):
            seen["nothing_like_it"]
        assert seen["task"]["node"] == item.node_id
        assert type(seen["from_nowhere"]) is type(known["from_nowhere"]) is Decimal
        assert case.evaluate('build_area > 92 and dossier.rounds = 0 and unit.code != ""', {}) is True
