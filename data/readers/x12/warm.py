"""Compile everything once, so that starting up pays for it and not the first request."""

from data.readers.x12.read import read_x12

CLAIM = b"""ISA*00*          *00*          *ZZ*A              *ZZ*B              *250101*0000*^*00501*000000001*0*T*:~
GS*HC*A*B*20250101*0000*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20250101*0000*CH~
HL*1**20*1~NM1*85*2*A*****XX*1~HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*A*B****MI*1~DMG*D8*19700101*F~
NM1*PR*2*A*****PI*1~CLM*1*1.5***11:B:1*Y*A*Y*Y~HI*ABK:R10~LX*1~SV1*HC:71045*1.5*UN*1***1~
DTP*472*D8*20250101~SE*15*0001~GE*1*1~
GS*HP*A*B*20250101*0000*2*X*005010X221A1~ST*835*0001~BPR*I*0*C*NON************20250101~N1*PR*A*XV*1~
N1*PE*A*XX*1~LX*1~CLP*1*4*1.5*0**12*1~CAS*CO*16*1.5~SVC*HC:71045*1.5*0~DTM*472*20250101~LQ*HE*N1~SE*11*0001~
GE*1*2~IEA*2*000000001~"""


def warm() -> None:
    """Compile the reader, or load what an earlier process compiled: some seconds the first time on a machine."""
    read_x12(CLAIM, source="warm")
