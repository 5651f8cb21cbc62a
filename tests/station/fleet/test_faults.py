import pytest

from station.errors import StationError
from station.fleet.faults import FLAP_FOR_S, Fault, read_faults
from station.fleet.lines import LineFault

A, B, C = "999999101001", "999999101002", "999999102001"
TOWNS = {"测试1镇": [A, B], "测试2镇": [C]}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        pytest.param("", [], id="no fault"),
        pytest.param(f"silent:{A}@5", [Fault("silent", A, 5, None)], id="silent for ever"),
        pytest.param(f"dead:{A}@5+2.5", [Fault("dead", A, 5, 7.5)], id="dead for a while"),
        pytest.param(f"flap:{A}@5", [Fault("flap", A, 5, 5 + FLAP_FOR_S)], id="flapping for its default time"),
        pytest.param(
            "town:测试1镇@1+60", [Fault("town", A, 1, 61), Fault("town", B, 1, 61)], id="every station of a town"
        ),
        pytest.param(
            f"picture:{A}=covered@2+30", [Fault("picture", A, 2, 32, "covered")], id="a covered camera for a while"
        ),
        pytest.param(
            f"silent:{A}@9/dead:{C}@3, dead:{B}@3",
            [Fault("dead", C, 3, None), Fault("dead", B, 3, None), Fault("silent", A, 9, None)],
            id="several, by time",
        ),
        pytest.param(
            f"line:{A}=loss20@2+30", [Fault("line", A, 2, 32, line=LineFault(0.2, 0.2))], id="a line that loses"
        ),
        pytest.param(
            "line:测试1镇=up2.5@2",
            [Fault("line", A, 2, None, line=LineFault(0.025)), Fault("line", B, 2, None, line=LineFault(0.025))],
            id="the lines of a town, one way",
        ),
        pytest.param(f"line:{A}=down5@2", [Fault("line", A, 2, None, line=LineFault(0, 0.05))], id="the other way"),
        pytest.param(
            f"line:{A}=delay150@2", [Fault("line", A, 2, None, line=LineFault(delay_ms=150))], id="a slow line"
        ),
    ],
)
def test_scripts(text: str, faults: list[Fault]) -> None:
    assert read_faults(text, TOWNS) == faults


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sleepy:999999101001@5", id="an unknown kind"),
        pytest.param("silent:999999101001", id="no time"),
        pytest.param("silent:999999101009@5", id="a station that is not here"),
        pytest.param("town:别处@5+5", id="a town that is not here"),
        pytest.param("town:测试1镇@5", id="a power cut without an end"),
        pytest.param(f"picture:{A}=pretty@5", id="no fault of a picture"),
        pytest.param(f"picture:{A}@5", id="a picture of no fault"),
        pytest.param(f"dead:{A}=black@5", id="a dead station shows no picture"),
        pytest.param(f"line:{A}@5", id="a line without a fault"),
        pytest.param(f"line:{A}=loss101@5", id="more lost than sent"),
        pytest.param(f"line:{A}=delay9999@5", id="a delay that is a loss"),
        pytest.param(f"line:{A}=black@5", id="a picture is not of a line"),
        pytest.param(f"picture:{A}=loss20@5", id="a line is not of a picture"),
        pytest.param("line:别处=loss5@5", id="the line of nobody here"),
        pytest.param("silent:999999101001@-5", id="a time before the start"),
    ],
)
def test_what_is_no_fault_is_named_with_what_would_be_one(text: str) -> None:
    with pytest.raises(StationError, match="E-FLEET-02") as caught:
        read_faults(text, TOWNS)
    assert text in str(caught.value)
