"""The practice lab that runs, as the window follows it."""

import pytest

from clearline.domain.command import NoteLabFault
from clearline.domain.plan import Plan
from clearline.domain.target import Target
from clearline.lab.faults import LabFault
from clearline.lab.lab import FaultChanged
from clearline.lab.process import LabRefused, LabRestarted, LabStarted
from clearline.lab.timeline import Stretch
from clearline.ui.viewmodels.lab import LabModel
from clearline.ui.viewmodels.words import Words

REFUSED, EXPIRED = LabFault("refused"), LabFault("expired")


class Watch:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def model(watch: Watch) -> LabModel:
    plan = Plan(targets=(Target(id="shop", address="https://localhost:1", name="Shop"),))
    stretches = {"shop": [Stretch(0.0, 10.0, EXPIRED)], "dns": [Stretch(5.0, 10.0, LabFault("nxdomain"))]}
    started = LabStarted(
        "tour", "A tour", "Look.", 1, 60.0, plan, "", stretches, {"shop": "https", "dns": "dns"}, {"shop": EXPIRED}
    )
    return LabModel(started, Words(), watch)


def test_it_knows_what_the_scenario_begins_with(model: LabModel) -> None:
    assert (model.fault("shop"), model.fault("dns")) == (EXPIRED, None)


def test_it_teaches_in_the_language_in_force(watch: Watch) -> None:
    told = {"en": ("A tour", "Look."), "fr": ("Une visite", "Regardez.")}
    words = Words("fr")
    model = LabModel(LabStarted("tour", "Une visite", "Regardez.", 1, 60.0, Plan(), "", {}, told=told), words, watch)
    assert (model.title, model.lesson) == told["fr"]
    words.use("en")
    assert (model.title, model.lesson) == told["en"]


def test_it_offers_what_the_server_can_make_by_section(model: LabModel) -> None:
    sections = {section.title: [choice.kind for choice in section.choices] for section in model.sections("dns")}
    assert list(sections) == ["Names", "Network"]
    assert "nxdomain" in sections["Names"]
    assert not [kinds for kinds in sections.values() if "expired" in kinds]


def test_it_offers_nothing_without_a_target(model: LabModel) -> None:
    assert model.sections(None) == ()


def test_it_says_what_the_buttons_make(model: LabModel) -> None:
    words = {choice.kind: choice.words for section in model.sections("shop") for choice in section.choices}
    assert words["expired"] == "expired"
    assert not [text for text in words.values() if text.startswith("lab_fault.")]


def test_it_makes_a_fault_mends_it_and_shows_only_what_the_lab_said(model: LabModel) -> None:
    asked: list[tuple[str, object]] = []
    model.fault_asked.connect(lambda target, fault: asked.append((target, fault)))

    model.toggle("shop", "refused")
    assert model.fault("shop") == EXPIRED
    model.hear(FaultChanged("shop", REFUSED, 3.0, "hand"))
    model.toggle("shop", "refused")

    assert asked == [("shop", REFUSED), ("shop", None)]
    assert model.is_by_hand("shop")


def test_it_follows_the_scenario_again(model: LabModel) -> None:
    model.hear(FaultChanged("shop", REFUSED, 3.0, "hand"))
    model.follow("shop")
    assert not model.is_by_hand("shop")


def test_it_counts_time_from_the_latest_beginning(model: LabModel, watch: Watch) -> None:
    watch.now_s = 130.0
    assert model.elapsed_s == 30.0
    model.hear(FaultChanged("shop", None, 3.0, "hand"))
    model.hear(LabRestarted())
    assert model.elapsed_s == 0.0
    assert not model.is_by_hand("shop")


def test_it_says_why_the_lab_refused_until_the_next_try(model: LabModel) -> None:
    model.hear(LabRefused("lab.no_target", {"target": "x", "known": "shop"}))
    assert "“x”" in model.problem
    model.toggle("shop", "refused")
    assert model.problem == ""


@pytest.mark.parametrize(("selected", "expected"), [("shop", "shop"), ("other", None), (None, None)])
def test_it_makes_faults_at_the_selected_target(model: LabModel, selected: str | None, expected: str | None) -> None:
    assert model.target_for(selected) == expected


def test_it_needs_no_selection_where_there_is_one_target(watch: Watch) -> None:
    started = LabStarted("flapping", "", "", 1, 60.0, Plan(), "", {}, {"printer": "http"})
    assert LabModel(started, Words(), watch).target_for(None) == "printer"


def test_it_offers_the_numbers_of_the_fault_that_is_on(model: LabModel) -> None:
    model.hear(FaultChanged("shop", LabFault("status", status=429), 3.0, "hand"))
    shown = {option.label: (option.value, option.spec.low, option.spec.high) for option in model.options("shop")}
    assert shown == {"status": (429, 200, 599), "Retry-After": (0, 0, 86400)}
    assert model.options("dns") == ()


@pytest.mark.parametrize(
    ("fault", "name", "typed", "expected"),
    [
        (LabFault("status", status=429), "status", 503, LabFault("status", status=503)),
        (LabFault("loss"), "share", 12.5, LabFault("loss", share=0.125)),
        (LabFault("delay"), "delay_ms", 700, LabFault("delay", delay_ms=700)),
    ],
)
def test_it_sets_a_number_of_it(model: LabModel, fault: LabFault, name: str, typed: float, expected: LabFault) -> None:
    asked: list[object] = []
    model.fault_asked.connect(lambda _, made: asked.append(made))
    model.hear(FaultChanged("shop", fault, 3.0, "hand"))
    model.set_option("shop", name, typed)
    assert asked == [expected]


def test_it_says_why_a_number_cannot_be_used_and_asks_for_nothing(model: LabModel) -> None:
    asked: list[object] = []
    model.fault_asked.connect(lambda _, made: asked.append(made))
    model.hear(FaultChanged("shop", LabFault("status"), 3.0, "hand"))
    model.set_option("shop", "status", 99)
    assert asked == []
    assert "200 to 599" in model.problem


def test_the_session_is_told_how_each_server_is_and_of_each_change(model: LabModel) -> None:
    noted: list[NoteLabFault] = []
    model.noted.connect(noted.append)
    model.note_all()
    model.hear(FaultChanged("dns", LabFault("delay", delay_ms=9), 3.0, "hand"))
    assert noted == [
        NoteLabFault(target="shop", fault="expired"),
        NoteLabFault(target="dns", fault=""),
        NoteLabFault(target="dns", fault="delay", options={"delay_ms": 9}, by="hand"),
    ]
