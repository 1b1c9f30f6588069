"""The lexicon, to be read and edited: which words propose what at the reading desk."""

from typing import Any, ClassVar

from sqlalchemy.orm import selectinload

from tracker.admin.base import RecordView
from tracker.admin.fields import line, prose, word
from tracker.admin.filtering import filter_by, filter_by_term
from tracker.admin.forms import RecordForm
from tracker.admin.show import strength, words
from tracker.models import Kind, LexiconEntry, Strength
from tracker.models.lexicon import LEXICON_USES
from tracker.models.lookups import HAS_STRENGTH, KINDS, STRENGTHS

USES = {
    "operative": "Operative words",
    "saying": "Verbs of saying",
    "joint": "Names of all sides",
}


class LexiconForm(RecordForm):
    forms = line("Words", required=True, hint="Each form that they take, with commas between: explore, explored.")
    used_for = word("Used for", LEXICON_USES, hint="Operative words propose kind and strength; the others the speaker.")
    kind = word("Kind", [kind[0] for kind in KINDS], required=False, hint="Of operative words: what they propose.")
    strength = word("Strength", [one[0] for one in STRENGTHS], required=False, hint="Where the kind has one.")
    note = prose("Note", rows=2)

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if (self.used_for.data == "operative") != bool(self.kind.data):
            self.place("Operative words propose a kind; other words do not.", "kind")
            return False
        if bool(self.strength.data) != (self.kind.data in HAS_STRENGTH):
            self.place("Undertakings, tasks and proposals have a strength; others have none.", "strength")
            return False
        return valid


class LexiconView(RecordView):
    """Words and what they propose."""

    noun, plural, group, key = "lexicon entry", "Lexicon", "Words", "id"
    form = LexiconForm
    list_template = "admin/lexicon.html"
    column_list = ("forms", "used_for", "kind", "strength")
    column_details_list = ("used_for", "kind", "strength", "note")
    column_labels: ClassVar = {"forms": "Words"}
    column_formatters: ClassVar = {
        "used_for": lambda view, context, model, name: USES[model.used_for],
        "kind": lambda view, context, model, name: words(model.kind),
        "strength": lambda view, context, model, name: strength(model.strength_term),
    }
    searched = (LexiconEntry.forms, LexiconEntry.note)
    filters = (
        filter_by("used_for", "Used for", LexiconEntry.used_for, LEXICON_USES),
        filter_by_term("kind", "Kind", LexiconEntry.kind, Kind),
        filter_by_term("strength", "Strength", LexiconEntry.strength, Strength),
    )
    sorts: ClassVar = {"forms": (LexiconEntry.forms,), "number": (LexiconEntry.id,)}
    default_sort = "number"
    loaded = (selectinload(LexiconEntry.kind_term), selectinload(LexiconEntry.strength_term))
