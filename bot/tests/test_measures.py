"""Rates, intervals and pictures of the evaluation."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from bot.evaluation import Counts, HeldoutLine, count, report
from bot.measures import calibration_error, confusion_svg, f1, macro_f1, wilson
from bot.noise import noise_lines
from bot.tuning import best_temperature, least_confidence, rates, thresholds


def test_wilson_gives_the_textbook_interval() -> None:
    assert list(wilson(0, 10) or ()) == pytest.approx([0.0, 0.2775], abs=1e-3)
    assert list(wilson(8, 10) or ()) == pytest.approx([0.490, 0.943], abs=1e-3)
    assert wilson(0, 0) is None


def test_f1_and_its_mean_over_labels() -> None:
    assert f1(0, 0, 0) == 1.0
    assert f1(1, 2, 1) == pytest.approx(2 / 3)
    pairs = Counter({("a", "a"): 1, ("a", "b"): 1, ("b", "b"): 2})
    assert macro_f1(pairs) == pytest.approx((2 / 3 + 0.8) / 2)


def test_calibration_error_is_the_gap_between_said_and_right() -> None:
    assert calibration_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0)
    assert calibration_error([(0.95, False)] * 4) == pytest.approx(0.95)


def test_the_picture_holds_every_label_and_count() -> None:
    picture = confusion_svg(Counter({("a<b", "a<b"): 3, ("a<b", "c"): 1}))
    assert {"a&lt;b", "c", "3", "1"} <= set(re.findall(r">([^<\s][^<]*)</text>", picture))


def test_a_line_is_counted_in_every_measure() -> None:
    counts = Counts()
    line = HeldoutLine("un trou rue Paradis", "report_issue", "pothole", frozenset())
    ranking = [{"name": "tree", "confidence": 0.6}, {"name": "pothole", "confidence": 0.3}]
    entity = {"entity": "address", "start": 8, "end": 19}
    parsed = {
        "intent": {"name": "report_issue", "confidence": 0.9},
        "category_ranking": ranking,
        "entities": [entity],
    }
    count(line, parsed, counts)
    out = HeldoutLine("météo", "out_of_scope", None, frozenset())
    acted = {"intent": {"name": "book_pickup", "confidence": 0.5}}
    count(out, {**acted, "entities": []}, counts)
    found = report(counts)
    assert found["intent_accuracy"]["count"] == 1
    assert found["category_accuracy"]["count"] == 0
    assert found["category_top3"]["count"] == 1
    assert found["oos_transactions"] == {
        "rate": 1.0,
        "count": 1,
        "of": 1,
        "interval_95": wilson(1, 1),
    }
    assert found["emergencies_missed"]["of"] == 0
    assert found["address_f1"] == 0.0
    assert len(counts.missed) == 3


def test_thresholds_keep_the_promises_when_they_can() -> None:
    shares = [
        {"report_issue": 0.6, "out_of_scope": 0.35, "emergency": 0.05},
        {"report_issue": 0.95, "out_of_scope": 0.01, "emergency": 0.01},
        {"report_issue": 0.8, "out_of_scope": 0.02, "emergency": 0.18},
    ]
    intents = ["out_of_scope", "report_issue", "emergency"]
    limits, found = thresholds(shares, intents)
    assert found["out_of_scope_acted_on"] == 0
    assert found["emergencies_missed"] == 0
    assert found["intents_right"] == pytest.approx(2 / 3)
    assert limits["out_of_scope"] <= 0.35
    assert rates(["greet"], ["greet"])["intents_right"] == 1


def test_noise_sets_the_least_confidence_for_acting() -> None:
    noise = [{"greet": 0.1 + 0.01 * n, "thank": 0.05} for n in range(50)]
    limit = least_confidence(noise)
    assert limit == 0.6
    assert least_confidence([{"out_of_scope": 0.9, "greet": 0.1}]) == 0.2
    lines = noise_lines(["un trou dans la chaussée", "une branche va tomber"], count=40)
    assert len(set(lines)) > 30
    assert not {"trou", "branche"} & {word for line in lines for word in line.split()}
    assert lines == noise_lines(["un trou dans la chaussée", "une branche va tomber"], count=40)


def test_the_temperature_moderates_what_was_too_sure() -> None:
    scores = np.array([[8.0, 0.0], [8.0, 0.0], [8.0, 0.0], [8.0, 0.0]])
    assert best_temperature(scores, np.array([0, 0, 0, 1])) > 2
    assert best_temperature(scores, np.array([0, 0, 0, 0])) < 1
