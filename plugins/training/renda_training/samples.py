"""Invented classes, for demonstrations: the same for the same seed, and never mixed with real records."""

from datetime import timedelta

from renda.declarations import SampleScope
from renda.records.models import Participant
from renda_training.figures import ATTENDANCE
from renda_training.records import TrainingClass

TOPICS = (
    "代表法和代表履职",
    "怎样写好代表建议",
    "预算审查监督实务",
    "安全生产法执法检查要点",
    "乡村振兴促进法解读",
    "信访工作条例",
    "民生实事项目监督",
    "代表联系群众方法",
)
LONGEST_GAP = 25


def make(scope: SampleScope) -> None:
    """About one class a fortnight; most deputies attend, some are on leave, few are absent."""
    day = scope.start + timedelta(days=scope.random.randrange(LONGEST_GAP))
    while day <= scope.end:
        _make_class(scope, day)
        day += timedelta(days=1 + scope.random.randrange(LONGEST_GAP))


def _make_class(scope: SampleScope, day: object) -> None:
    row = TrainingClass(
        organisation=scope.organisation,
        state="held",
        author=None,
        created_at=scope.now,
        changed_at=scope.now,
        title=f"{scope.random.choice(TOPICS)}培训班",
        kind=scope.random.choice(("full", "topic", "topic", "self")),
        starts_on=day,
        ends_on=None,
        place=None,
        budget=scope.random.choice((None, 2000, 5000, 12000)),
        summary=None,
    )
    scope.session.add(row)
    scope.session.flush()
    for person in scope.persons:
        scope.session.add(
            Participant(
                organisation=scope.organisation,
                type=ATTENDANCE,
                whole=row.id,
                person=person.id,
                role="trainee",
                state=scope.random.choices(("attended", "leave", "absent"), (85, 12, 3))[0],
                author=None,
                created_at=scope.now,
                changed_at=scope.now,
            )
        )
