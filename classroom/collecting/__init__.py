"""The steps of collecting: find the files, tell whose they are, read their cells, match them with the exercises."""
