"""The chat on the fake assistant, for a real server: ``streamlit run chat_app.py -- HOME DELAY BUILT STEP``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fakes import fake_assistant

from qa.ui.main import main
from qa.ui.settings import Settings

home, delay, built, step = sys.argv[1:5]
# The module outlives a script run, and with it the one backend that all tabs share.
backend = fake_assistant.__dict__.setdefault(
    "shared_backend",
    fake_assistant.FakeBackend(
        fake_assistant.FakeAssistant(delay=float(delay)), built=built == "built", step_seconds=float(step)
    ),
)
main(backend, Settings(Path(home) / "index", Path(home), Path(home) / "user"))
