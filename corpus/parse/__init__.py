"""One module a kind of input; each gives a `Document`."""
