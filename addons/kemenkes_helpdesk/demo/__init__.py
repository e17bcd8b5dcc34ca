"""The demo's tickets: scripts of conversations (JSON), told over four weeks, and the histories that come of them."""
