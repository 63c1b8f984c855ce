"""The monitor: what payers answer against what was foretold, and claims against those that were learnt from."""
