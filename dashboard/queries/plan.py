"""The plan as its settings show it: what each plan has, and what of it is in use here (SPEC 13)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.models import Teamspace, Workspace
from dashboard.models.enums import Method, Plan
from dashboard.models.membership import Reader
from dashboard.models.permissions import FEATURE_NAMES, FEATURES, PLAN_ORDER

_s = Teamspace.__table__.c
_w = Workspace.__table__.c


@dataclass(frozen=True)
class FeatureRow:
    """A feature, the plan it needs, and the names of the teamspaces that use it."""

    name: str
    needs: Plan
    used_by: tuple[str, ...]


@dataclass(frozen=True)
class PlanPage:
    """`features` are in the order of the plans."""

    current: Plan
    features: tuple[FeatureRow, ...]

    def has(self, plan: Plan, feature: FeatureRow) -> bool:
        return PLAN_ORDER.index(plan) >= PLAN_ORDER.index(feature.needs)

    def lost(self, plan: Plan) -> list[FeatureRow]:
        """What is used now and stops working on `plan`."""
        return [each for each in self.features if each.used_by and not self.has(plan, each)]


def load_plan_page(reader: Reader, workspace_id: int) -> PlanPage:
    """Two SELECTs."""
    current = reader.execute(select(_w.plan).where(_w.id == workspace_id)).scalar_one()
    spaces = reader.execute(
        select(_s.name, _s.method, _s.secret_hash).where(_s.archived_at.is_(None)).order_by(_s.name)
    ).all()
    used: dict[str, list[str]] = {}
    for row in spaces:
        if row.method is not Method.BALANCED:
            used.setdefault(f"method.{row.method.value}", []).append(row.name)
        if row.secret_hash:
            used.setdefault("teamspace_secrets", []).append(row.name)
    rows = [FeatureRow(FEATURE_NAMES[key], needs, tuple(used.get(key, ()))) for key, needs in FEATURES.items()]
    return PlanPage(current, tuple(sorted(rows, key=lambda each: PLAN_ORDER.index(each.needs))))
