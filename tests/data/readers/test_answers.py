"""What 999, 997 and TA1 say."""

from datetime import date

import pytest

from data.readers.x12 import read_x12

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"
TA1 = "TA1*000000905*250101*1200*R*018~"
GS = "GS*FA*S*R*20250103*1200*1*X*005010X231A1~"
A999 = (
    "ST*999*1*005010X231A1~AK1*HC*77*005010X222A1~AK2*837*0001*005010X222A1~IK3*NM1*8**8~CTX*SITUATIONAL~IK4*9**1~"
    "IK5*R*5~AK2*837*0002~IK5*A~AK9*P*2*2*1~"
)
A997 = "ST*997*2~AK1*HC*78~AK2*837*0001~AK3*NM1*8**8~AK4*9**1~AK5*E*5~AK9*R*1*1*0*1~"
TOLD = {
    TA1: [("TA1", "000000905", None, None, "R", "018", date(2025, 1, 2))],
    GS + A999: [
        ("999", "77", "837", "0001", "R", "5", date(2025, 1, 3)),
        ("999", "77", "837", "0002", "A", None, date(2025, 1, 3)),
        ("999", "77", None, None, "P", None, date(2025, 1, 3)),
    ],
    GS + A997: [
        ("997", "78", "837", "0001", "E", "5", date(2025, 1, 3)),
        ("997", "78", None, None, "R", "1", date(2025, 1, 3)),
    ],
    A997.replace("AK9*R*1*1*0*1~", ""): [("997", "78", "837", "0001", "E", "5", date(2025, 1, 2))],
    "AK1*HC*78~AK9*A*1*1*1~": [],
    GS + "ST*999*1~AK2*837*0001~IK5*A~AK9*A~": [],
    GS: [],
}


def read(text):
    reading = read_x12(f"{ISA}{text}".encode(), source="file")
    assert reading.segments.total == reading.segments.used + reading.segments.listed
    return reading


def told(reading):
    rows = reading.statuses.acknowledgements.to_pylist()
    columns = ("kind", "control", "transaction", "transaction_control", "verdict", "fault", "known_on")
    return [tuple(row[name] for name in columns) for row in rows]


@pytest.mark.parametrize(("text", "expected"), TOLD.items())
def test_acknowledgements(text, expected):
    assert told(read(text)) == expected


def test_all_together_in_the_order_of_the_file():
    reading = read(TA1 + GS + A999 + "SE*11*1~" + A997 + "SE*8*2~GE*2*1~IEA*1*000000001~" + ISA + TA1)
    table = reading.statuses.acknowledgements
    assert [row[0] for row in told(reading)] == ["TA1", "999", "999", "999", "997", "997", "TA1"]
    offsets = table["offset"].to_pylist()
    assert offsets == sorted(offsets)
    keys = table["acknowledgement_key"].to_pylist()
    assert keys == list(range(keys[0], keys[0] + 7))
    assert set(reading.unused["segment"].to_pylist()) == {"IK3", "CTX", "IK4", "AK3", "AK4"}
