"""The test lab: real registries, real clients and a Shoal cluster on loopback, shared by the tests and the demo."""
