"""Segment ids and loops as small numbers, so that compiled code can compare them."""

import numpy as np
import numpy.typing as npt

# Ids of the transactions around claims and remits. What is not here is listed as "?", as a stray
# piece of text could be a patient's name.
IDS = (
    "ISA GS ST SE GE IEA TA1 BHT HL PRV CUR NM1 N1 N2 N3 N4 PER REF DMG SBR PAT CLM DTP CL1 PWK CN1 AMT K3 NTE "
    "CR1 CR2 CR3 CR4 CR5 CR6 CR7 CRC HI HCP QTY HSD CAS OI MIA MOA LX SV1 SV2 SV3 SV4 SV5 SV6 SV7 LIN CTP MEA "
    "PS1 IMM SVD LQ FRM TOO DN1 DN2 DSB UR BPR TRN DTM RDM TS2 TS3 CLP SVC PLB STC AK1 AK2 AK3 AK4 AK5 AK9 "
    "IK3 IK4 IK5 CTX EB MSG INS EQ AAA III MPI LUI ICM HLH COB LS LE UM HD DSB BGN ACT VEH CD TPB RMR ENT "
)
NAMES = ("?", *dict.fromkeys(IDS.split()))
"""The id of each code; code 0 is a segment that is no X12 segment known here, or one that the file cuts off."""
N_CODES = len(NAMES)


def pack(text: str) -> int:
    """Up to seven characters as one number: the way compiled code compares ids and qualifiers."""
    return int.from_bytes(text.encode("ascii"), "little")


def _sorted_ids() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    pairs = sorted((pack(name), code) for code, name in enumerate(NAMES) if code)
    return np.array([p for p, _ in pairs], np.int64), np.array([c for _, c in pairs], np.int64)


PACKED_IDS, CODE_OF_PACKED = _sorted_ids()


def code(name: str) -> int:
    """The code of a segment id."""
    return NAMES.index(name)


ISA, GS, ST, SE, GE, IEA = (code(name) for name in ("ISA", "GS", "ST", "SE", "GE", "IEA"))
TA1, HL, NM1, N1, SBR, CLM = (code(name) for name in ("TA1", "HL", "NM1", "N1", "SBR", "CLM"))
LX, SV1, SV2, SV3, SVD, PRV = (code(name) for name in ("LX", "SV1", "SV2", "SV3", "SVD", "PRV"))
SV4, SV5, SV6, SV7 = (code(name) for name in ("SV4", "SV5", "SV6", "SV7"))
CLP, SVC, PLB, BPR, REF, TS3 = (code(name) for name in ("CLP", "SVC", "PLB", "BPR", "REF", "TS3"))
N3, N4, PER = (code(name) for name in ("N3", "N4", "PER"))
BHT, TRN, STC, AK1, AK2 = (code(name) for name in ("BHT", "TRN", "STC", "AK1", "AK2"))

# Loops of an 837, under the guides' numbers.
NOWHERE = 0
HEADER = 1  # 1000A, 1000B
BILLING = 2  # 2000A, 2010AA
OTHER_NAME = 3  # 2010AB, 2010AC and whatever else has a name before a claim
SUBSCRIBER = 4  # 2000B, 2010BA
PAYER = 5  # 2010BB
PATIENT = 6  # 2000C, 2010CA
CLAIM = 7  # 2300
RENDERING = 8  # 2310B
CLAIM_PROVIDER = 9  # the other 2310s
OTHER_PAYER = 10  # 2320
OTHER_PAYER_NAME = 11  # 2330
LINE = 12  # 2400, 2410
LINE_PROVIDER = 13  # 2420
LINE_OTHER_PAYER = 14  # 2420G of 4010: what belongs to another payer
LINE_ADJUDICATION = 15  # 2430, 2440
# Loops of an 835.
REMIT_HEADER = 16
REMIT_PAYER = 17  # 1000A
REMIT_PAYEE = 18  # 1000B
REMIT = 19  # 2100
SERVICE = 20  # 2110
REMIT_TRAILER = 21  # PLB
# Loops of a 277CA.
STATUS_SOURCE = 22  # 2000A: who answers
STATUS_RECEIVER = 23  # 2000B: who sent the claims
STATUS_PROVIDER = 24  # 2000C
STATUS_PATIENT = 25  # 2000D, 2100D
STATUS = 26  # 2200D: a claim
STATUS_SERVICE = 27  # 2220D: one of its lines
STATUS_HEADER = 28
# Loops of a 999 or 997.
ANSWER = 29  # AK1 to AK9: a group
ANSWER_PART = 30  # AK2 to IK5 (AK5): one of its transactions
N_LOOPS = 31

CLAIM_LOOPS = (CLAIM, RENDERING, CLAIM_PROVIDER)
LINE_LOOPS = (LINE, LINE_PROVIDER)

# What a transaction is.
KIND_NONE, KIND_CLAIMS, KIND_REMITS, KIND_STATUSES, KIND_ANSWERS, KIND_OTHER = range(6)
# What a transaction of claims is: told by its guide's number.
GUIDE_NONE, GUIDE_PROFESSIONAL, GUIDE_INSTITUTIONAL, GUIDE_DENTAL, GUIDE_CLAIM_STATUS = range(5)

# What became of a segment. Anything but USED is listed with a reason.
UNREAD, USED, REPEATED, OTHERS, REJECTED, OTHER_TRANSACTION, NO_SERVICE, CUT = 0, 1, 2, 3, 4, 5, 6, 7
