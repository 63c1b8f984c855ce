"""What the server answers, one file a kind of caller: scores, catalogues, health, the reviewer's pages."""
