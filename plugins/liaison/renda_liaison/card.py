"""The card of the home page: opinions to be seen to, and the next reception day."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from renda.i18n import _
from renda.types import Request
from renda_liaison.opinions import ANSWERED, ASSIGNED, DISSATISFIED, OPINIONS, RECEIVED, PublicOpinionItem
from renda_liaison.stations import ANNOUNCED, DAYS, ReceptionDay


def card(request: Request) -> Mapping[str, Any] | None:
    """See above; None where there is neither."""
    place = request.context.organisation.code
    base = f"{request.script_name}/o/{place}/r"
    counted = (
        select(PublicOpinionItem.state, func.count())
        .where(PublicOpinionItem.organisation == place, PublicOpinionItem.state.in_((RECEIVED, ASSIGNED)))
        .group_by(PublicOpinionItem.state)
    )
    unhappy = select(func.count()).where(
        PublicOpinionItem.organisation == place,
        PublicOpinionItem.state == ANSWERED,
        PublicOpinionItem.rating == DISSATISFIED,
    )
    numbers: dict[str, int] = {state: number for state, number in request.db.execute(counted)}  # noqa: C416 - rows are no pairs
    lines = [
        {"label": label, "figure": numbers[state], "href": f"{base}/{OPINIONS.name}?state={state}"}
        for state, label in ((RECEIVED, _("Opinions to assign")), (ASSIGNED, _("Opinions in handling")))
        if state in numbers
    ]
    if number := request.db.scalar(unhappy):
        address = f"{base}/{OPINIONS.name}?state={ANSWERED}"
        lines.append({"label": _("Replies rated dissatisfied"), "figure": number, "href": address})
    following = request.db.execute(
        select(ReceptionDay.id, ReceptionDay.held_on)
        .where(
            ReceptionDay.organisation == place,
            ReceptionDay.state == ANNOUNCED,
            ReceptionDay.held_on >= request.today,
        )
        .order_by(ReceptionDay.held_on)
        .limit(1)
    ).one_or_none()
    if following is not None:
        figure = following.held_on.isoformat()
        address = f"{base}/{DAYS.name}/{following.id}"
        lines.append({"label": _("Next reception day"), "figure": figure, "href": address})
    return {"title": _("Liaison stations"), "lines": lines} if lines else None
