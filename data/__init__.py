"""From files to labelled lines: readers and writers of claims and remits, the claim store, the policy book, the simulator."""
