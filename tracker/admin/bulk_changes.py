"""What can be done to many commitments at once: each kind of change with its form, told before and after in a line."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import SelectField

from tracker.admin.evidence import source_from
from tracker.admin.fields import RecordField, RecordsField, day, line, word
from tracker.admin.forms import RecordForm
from tracker.admin.handle import db
from tracker.admin.show import spoken
from tracker.admin.updates import StatusForm, update_from
from tracker.models import Commitment, CommitmentParty, Country, Office, Organization, Topic
from tracker.models.commitments import PARTY_ROLES

ADD_OR_REMOVE = {"add": "Add", "remove": "Remove"}


class Change(ABC):
    """One kind of change; `form` says what to change it to."""

    name: ClassVar[str]
    label: ClassVar[str]
    form_class: ClassVar[type[RecordForm]]

    def __init__(self, form: Any) -> None:
        self.form = form

    def prepare(self) -> None:  # noqa: B027 # most kinds have nothing to prepare
        """Do what is done once for all of them."""

    @abstractmethod
    def told(self, commitment: Commitment) -> str:
        """What this kind of change is about, as it stands."""

    @abstractmethod
    def make(self, commitment: Commitment) -> bool:
        """Change the commitment; False where there is nothing to change."""


class StatusChange(Change):
    """The same status update for each, with its reason and its evidence."""

    name, label, form_class = "status", "Status", StatusForm

    def prepare(self) -> None:
        # A new source is made once; each update has a citation of its own.
        source = source_from(self.form)
        if source is not None:
            db.session.add(source)
            self.form.source.data = source

    def told(self, commitment: Commitment) -> str:
        target = spoken(commitment.target_on, commitment.target_precision)
        return f"{commitment.status_term.label}{f', target {target}' if target else ''}"

    def make(self, commitment: Commitment) -> bool:
        db.session.add(update_from(self.form, commitment))
        return True


class TopicsForm(RecordForm):
    action = SelectField("What to do", choices=ADD_OR_REMOVE)
    topics = RecordsField("Topics", Topic, required="Choose at least one topic.")


class TopicsChange(Change):
    """Topics come to those that each has, or go from them."""

    name, label, form_class = "topics", "Topics", TopicsForm

    def told(self, commitment: Commitment) -> str:
        return ", ".join(sorted(map(str, commitment.topics))) or "None"

    def make(self, commitment: Commitment) -> bool:
        chosen: Sequence[Topic] = self.form.topics.data
        if self.form.action.data == "add":
            missing = [topic for topic in chosen if topic not in commitment.topics]
            commitment.topics.extend(missing)
            return bool(missing)
        present = [topic for topic in chosen if topic in commitment.topics]
        for topic in present:
            commitment.topics.remove(topic)
        return bool(present)


class ReviewForm(RecordForm):
    review_due_on = day("Review due on", hint="Left empty, the date is taken away and the kind's interval counts.")


class ReviewChange(Change):
    """The day on which each is to be looked at again."""

    name, label, form_class = "review", "Review date", ReviewForm

    def told(self, commitment: Commitment) -> str:
        return spoken(commitment.review_due_on) or "None"

    def make(self, commitment: Commitment) -> bool:
        moved = commitment.review_due_on != self.form.review_due_on.data
        commitment.review_due_on = self.form.review_due_on.data
        return bool(moved)


class OwnerForm(RecordForm):
    owner = line("Owner", hint="Who of you follows them: an account name. Left empty: nobody.")


class OwnerChange(Change):
    """Who follows each."""

    name, label, form_class = "owner", "Owner", OwnerForm

    def told(self, commitment: Commitment) -> str:
        return commitment.owner or "Nobody"

    def make(self, commitment: Commitment) -> bool:
        moved = commitment.owner != self.form.owner.data
        commitment.owner = self.form.owner.data
        return bool(moved)


class PartiesForm(RecordForm):
    action = SelectField("What to do", choices=ADD_OR_REMOVE)
    country = RecordField("Country", Country, key="code")
    organization = RecordField("or organisation", Organization)
    role = word("Role", PARTY_ROLES, default="lead")
    office = RecordField("Office that answers for it", Office, hint="For a party that is added.")

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if bool(self.country.chosen_key()) == bool(self.organization.chosen_key()):
            self.place("Choose a country or an organisation, one of the two.", "country")
            return False
        return valid


class PartiesChange(Change):
    """A party, in a role, comes to those that each has, or goes from them."""

    name, label, form_class = "party", "Party", PartiesForm

    def told(self, commitment: Commitment) -> str:
        return "; ".join(f"{party}, {party.role}" for party in commitment.parties) or "None"

    def make(self, commitment: Commitment) -> bool:
        country, organization = self.form.country.data, self.form.organization.data
        wanted = (country, organization, self.form.role.data)
        there = [one for one in commitment.parties if (one.country, one.organization, one.role) == wanted]
        if self.form.action.data == "remove":
            for party in there:
                db.session.delete(party)
            return bool(there)
        if not there:
            party = CommitmentParty(
                country=country, organization=organization, role=self.form.role.data, office=self.form.office.data
            )
            commitment.parties.append(party)
        return not there


CHANGES: dict[str, type[Change]] = {
    one.name: one for one in (StatusChange, TopicsChange, ReviewChange, OwnerChange, PartiesChange)
}
