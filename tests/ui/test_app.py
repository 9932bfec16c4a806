"""The app's logic through Streamlit's own test harness, on the fake assistant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.fake_assistant import FakeAssistant, FakeBackend
from streamlit.testing.v1 import AppTest

from qa.datatypes import Filters
from qa.errors import IndexMismatchError, ModelError
from qa.ui.arabic import ARABIC
from qa.ui.bridge import parse_reference
from qa.ui.conversations import ConversationStore
from qa.ui.english import ENGLISH
from qa.ui.feedback import GOOD, FeedbackStore
from qa.ui.frame import _store
from qa.ui.local_backend import MODEL_SETTINGS, LocalBackend
from qa.ui.session import LISTED
from qa.ui.settings import Settings

Run = Callable[..., AppTest]


def _script(backend, settings):
    from qa.ui.main import main

    main(backend, settings)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Start the app on a backend; each start is another tab."""
    backends: dict[str, FakeBackend] = {}

    def start(
        query: dict[str, str] | None = None, *, password: str | None = None, corpus: bool = True, **options: Any
    ) -> AppTest:
        backend = backends.setdefault("one", FakeBackend(FakeAssistant(), **options))
        settings = Settings(tmp_path / "index", tmp_path / "corpus", tmp_path / "home", password=password)
        if corpus:
            (tmp_path / "corpus").mkdir(exist_ok=True)
        app = AppTest.from_function(_script, kwargs={"backend": backend, "settings": settings}, default_timeout=20)
        for name, value in (query or {}).items():
            app.query_params[name] = value
        return app.run()

    return start


def html(app: AppTest) -> str:
    """All of the page's own HTML."""
    return "\n".join(element.proto.body for element in app.get("html"))


def ask(app: AppTest, question: str) -> AppTest:
    app = app.chat_input[0].set_value(question).run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def test_a_question_is_answered_with_its_sources(run: Run) -> None:
    app = ask(run(), "Tell me about the library")
    assert '<mark class="qa-key">reopened</mark>' in html(app)
    assert [message.name for message in app.chat_message] == ["user", "assistant"]
    assert app.query_params["c"]
    assert ENGLISH.retry in labels(app)


def test_a_follow_up_is_understood_and_shown_so(run: Run) -> None:
    app = ask(ask(run(), "Tell me about the library"), "and the volunteers?")
    assert f"{ENGLISH.understood_as}</span>" in html(app)
    assert "Tell me about the library and the volunteers?" in html(app)


def test_the_source_opens_and_closes(run: Run) -> None:
    app = ask(run(), "Tell me about the library")
    session = app.session_state["session"]
    session.source = parse_reference(f"{session.turns[0].id}:citation:0")
    app = app.run()
    assert 'class="qa-panel"' in html(app)
    session.source = parse_reference("close")
    assert 'class="qa-panel"' not in html(app.run())


def test_an_abstention_and_a_failing_reader_leave_a_way_on(run: Run) -> None:
    app = ask(run(), "weather")
    assert ENGLISH.nearest in html(app)
    app = ask(app, "broken")
    assert "the reader did not answer in time. Ask again" in html(app)
    app = app.button(key="retry").click().run()
    assert not app.exception
    assert len(app.session_state["session"].turns) == 2


def test_a_mistake_in_a_reader_costs_one_answer_only(run: Run) -> None:
    app = ask(run(), "crash")
    assert "ZeroDivisionError" in html(app)
    assert app.session_state["session"].turns[0].state == "failed"
    assert "City library reopens" in html(ask(app, "library"))


def test_editing_the_last_question_replaces_it(run: Run) -> None:
    app = ask(run(), "library")
    app = app.button(key="edit").click().run()
    assert ENGLISH.editing.split(";")[0] in "".join(caption.value for caption in app.caption)
    app = ask(app, "hostile")
    assert [turn.question for turn in app.session_state["session"].turns] == ["hostile"]


def test_a_reload_finds_the_conversation_and_an_unknown_one_is_left(run: Run) -> None:
    conversation = ask(run(), "library").query_params["c"]
    again = run({"c": conversation})
    assert "City library reopens" in html(again)
    unknown = run({"c": "nothing"})
    assert "qa-hero" in html(unknown)
    assert "c" not in unknown.query_params


def test_a_question_left_unanswered_by_a_reload_is_answered_after_it(run: Run, tmp_path: Path) -> None:
    from qa.ui.conversations import AskedTurn

    store = ConversationStore(tmp_path / "home")
    conversation = store.create("library")
    store.write_turn(conversation, 0, AskedTurn("library"))
    app = run({"c": conversation})
    assert "City library reopens" in html(app)
    saved = store.load(conversation)
    assert saved is not None
    assert saved.turns[0].state == "answered"


def test_conversations_are_listed_opened_renamed_and_deleted(run: Run) -> None:
    app = ask(run(), "library")
    first = app.query_params["c"]
    app = app.button(key="new_conversation").click().run()
    app = ask(app, "hostile *stars*")
    assert f"open_{first}" in {button.key for button in app.button}
    assert "hostile \\*stars\\*" in labels(app)
    app = app.button(key=f"open_{first}").click().run()
    assert "City library reopens" in html(app)
    app = app.text_input(key=f"new_title_{first}").set_value("Renamed").run()
    assert "Renamed" in labels(app)
    app = app.checkbox(key=f"delete_really_{first}").check().run()
    app = app.button(key="delete").click().run()
    assert "Renamed" not in labels(app)
    assert "qa-hero" in html(app)


def test_filters_apply_to_the_answer_and_are_shown(run: Run) -> None:
    app = run()
    app = app.multiselect(key="sources_0").select("City Herald").run()
    app = ask(app, "كم كلف المرفأ؟")
    assert ENGLISH.restricted_to.format(filters="City Herald") in html(app)
    assert "No passage holds" in html(app)
    app = app.button(key="clear_filters").click().run()
    app = ask(app, "كم كلف المرفأ؟")
    assert html(app).count("No passage holds") == 1


def test_the_interface_speaks_both_languages(run: Run) -> None:
    app = run({"lang": "ar"})
    assert app.chat_input[0].placeholder == ARABIC.ask_placeholder
    assert "direction: rtl" in html(app)
    app.session_state["language"] = "en"
    app = run({"lang": "en"})
    assert app.chat_input[0].placeholder == ENGLISH.ask_placeholder


def test_feedback_is_kept_and_can_be_taken_back(run: Run, tmp_path: Path) -> None:
    app = ask(run(), "library")
    turn = app.session_state["session"].turns[0].id
    app = app.button(key=f"good_{turn}").click().run()
    store = FeedbackStore(ConversationStore(tmp_path / "home"))
    given = store.of(turn)
    assert given is not None
    assert given.rating == GOOD
    app.text_area[0].set_value("well done")
    app = app.button(key=f"FormSubmitter:feedback_{turn}-{ENGLISH.save}").click().run()
    kept = store.of(turn)
    assert kept is not None
    assert kept.comment == "well done"
    app.button(key=f"good_{turn}").click().run()
    assert store.of(turn) is None


def test_the_archive_page_counts_and_reports(run: Run) -> None:
    app = run({"page": "archive"})
    page = html(app)
    assert not app.exception
    assert "<b>3</b>" in page
    assert "no text in it &lt;script&gt;" in page
    assert "copy&lt;i&gt;.txt" in page
    assert 'aria-label="Articles from 1 May 2024 to 9 July 2024. Most on 1 May 2024: 1 article"' in page
    app = app.text_input(key="find").set_value("library").run()
    assert html(app).index("City library") < html(app).index("افتتاح المرفأ", html(app).index(ENGLISH.article_list))


def test_a_listed_article_opens_and_closes_with_its_list(run: Run) -> None:
    app = run({"page": "archive"})
    session = app.session_state["session"]
    assert session.listed == ("harbour", "hostile", "library")
    session.source = parse_reference(f"{LISTED}:article:2")
    page = html(app.run())
    panel = page[page.index('class="qa-panel"') :]
    assert "30,000 books" in panel
    assert "3 of 3" in panel
    assert "<mark" not in panel
    session.source = parse_reference(f"{LISTED}:article:3")
    assert 'class="qa-panel"' not in html(app.run())
    session.source = parse_reference(f"{LISTED}:article:0")
    app = app.text_input(key="find").set_value("library").run()
    assert session.source is None


def test_a_search_for_articles_keeps_to_the_filters(run: Run) -> None:
    app = run({"page": "archive"})
    app.session_state["session"].filters = Filters(sources=("City Herald",))
    app = app.text_input(key="find").set_value("harbour").run()
    assert app.session_state["session"].listed == ("library",)


def test_an_abstention_under_filters_can_be_asked_again_without_them(run: Run) -> None:
    app = run()
    app.session_state["session"].filters = Filters(languages=("ar",))
    app = ask(app, "library")
    assert ENGLISH.nearest in html(app)
    app = app.button(key="unfiltered").click().run()
    assert "City library reopens" in html(app)
    assert app.session_state["session"].filters == Filters()
    assert len(app.session_state["session"].turns) == 1
    assert "unfiltered" not in {button.key for button in app.button}


def test_two_tabs_write_one_conversation(run: Run) -> None:
    first = ask(run(), "library")
    second = run({"c": first.query_params["c"]})
    ask(first, "hostile")
    second = ask(second, "harbour المرفأ")
    assert [turn.question for turn in second.session_state["session"].turns] == ["library", "hostile", "harbour المرفأ"]
    again = run({"c": first.query_params["c"]})
    assert [turn.question for turn in again.session_state["session"].turns] == ["library", "hostile", "harbour المرفأ"]
    first = first.button(key="retry").click().run()
    assert [turn.question for turn in first.session_state["session"].turns][2:] == ["harbour المرفأ", "hostile"]


def test_an_update_goes_on_beside_and_the_new_index_is_used(run: Run) -> None:
    app = run({"page": "archive"}, step_seconds=0.02)
    app = app.button(key="update").click().run()
    assert not app.exception
    app = app.button(key="page_chat").click().run()
    assert not app.exception
    for _ in range(1000):
        app = ask(app, "library")
        if "generation 2" in html(app):
            break
    assert "generation 2" in html(app)


def test_the_first_build_runs_by_itself_and_leads_to_the_chat(run: Run) -> None:
    app = run(built=False, step_seconds=0.02)
    assert ENGLISH.first_build in html(app)
    assert not app.exception
    for _ in range(1000):
        app = app.run()
        assert not app.exception
        if app.chat_input:
            break
    assert app.chat_input[0].placeholder == ENGLISH.ask_placeholder


def test_a_missing_corpus_is_named(run: Run, tmp_path: Path) -> None:
    app = run(built=False, corpus=False)
    assert ENGLISH.no_corpus.format(path=tmp_path / "corpus") in html(app)


def test_the_password_stands_before_everything(run: Run) -> None:
    app = run(password="open sesame")
    assert not app.chat_input
    assert ENGLISH.corpus not in labels(app)
    app.text_input[0].set_value("wrong")
    app = app.button[0].click().run()
    assert ENGLISH.wrong_password in html(app)
    app.text_input[0].set_value("open sesame")
    app = app.button[0].click().run()
    assert app.chat_input


def test_a_home_that_cannot_be_written_costs_the_memory_only(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    _store.cache_clear()
    app = ask(run(), "library")
    assert "City library reopens" in html(app)
    assert any("cannot be saved" in caption.value for caption in app.caption)


def test_an_index_that_cannot_be_opened_is_named_and_can_be_built_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: FakeBackend, reader: str) -> FakeAssistant:
        if self.builds:
            return FakeAssistant()
        raise IndexMismatchError("built with analyzer 1, this version has 2", mend="Build it again")

    monkeypatch.setattr(FakeBackend, "open", refuse)
    app = run()
    assert "built with analyzer 1, this version has 2. Build it again" in html(app)
    app = app.button(key="rebuild_broken").click().run()
    for _ in range(1000):
        app = app.run()
        assert not app.exception
        if app.chat_input:
            break
    assert app.chat_input


def test_a_damaged_index_is_named_and_built_again(tmp_path: Path, seeds: Path) -> None:
    from qa.index import build_index

    build_index(seeds, tmp_path / "index")
    next((tmp_path / "index").rglob("document_date.npy")).write_bytes(b"torn")
    settings = Settings(tmp_path / "index", seeds, tmp_path / "home")
    backend = LocalBackend(settings)
    app = AppTest.from_function(_script, kwargs={"backend": backend, "settings": settings}, default_timeout=60).run()
    assert "document_date.npy: has 4 bytes" in html(app)
    app = app.button(key="rebuild_broken").click().run()
    for _ in range(1000):
        if app.chat_input:
            break
        app = app.run()
        assert not app.exception
    app = ask(app, "ماذا بحث لافروف وكيري؟")
    assert "qa-chip" in html(app)


def test_a_reader_that_cannot_be_opened_leaves_the_other_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: FakeBackend, reader: str) -> FakeAssistant:
        if reader == "llm":
            raise ModelError("QA_LLM_BASE_URL is no address")
        return FakeAssistant()

    monkeypatch.setattr(FakeBackend, "open", refuse)
    app = run()
    app = app.selectbox(key="reader").select("llm").run()
    assert "QA_LLM_BASE_URL is no address" in html(app)
    app = app.button(key="other_reader").click().run()
    assert app.chat_input


def test_a_language_model_is_offered_when_it_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MODEL_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    backend = LocalBackend(Settings(tmp_path, tmp_path, tmp_path))
    assert backend.readers() == ("extractive",)
    monkeypatch.setenv("QA_LLM_BASE_URL", "http://127.0.0.1:1/v1")
    assert backend.readers() == ("extractive",)
    monkeypatch.setenv("QA_LLM_MODEL", "some-model")
    assert backend.readers() == ("extractive", "llm")
    assert backend.generation() is None


def test_uploads_are_added_to_the_folder(run: Run, tmp_path: Path) -> None:
    app = run({"page": "archive"})
    app.file_uploader[0].set_value([("new.txt", b"Title\n\nText.", "text/plain"), ("bad.exe", b"x", "text/plain")])
    submit = next(button for button in app.button if button.key and button.key.startswith("FormSubmitter:upload"))
    app = submit.click().run()
    assert not app.exception
    assert [path.name for path in (tmp_path / "corpus").iterdir()] == ["new.txt"]
    assert ENGLISH.upload_refused.format(name="bad.exe") in html(app)


def test_another_folder_must_exist(run: Run, tmp_path: Path) -> None:
    app = run({"page": "archive"})
    app.text_input(key="folder_path").set_value(str(tmp_path / "nowhere"))
    submit = next(button for button in app.button if button.label == ENGLISH.use_folder)
    app = submit.click().run()
    assert ENGLISH.folder_missing.format(path=tmp_path / "nowhere") in html(app)


def test_feedback_is_counted_and_exported_on_the_archive_page(run: Run) -> None:
    app = ask(run(), "library")
    turn = app.session_state["session"].turns[0].id
    app = app.button(key=f"good_{turn}").click().run()
    app = app.button(key="page_archive").click().run()
    assert not app.exception
    assert ENGLISH.feedback_count.of(1) in [expander.label for expander in app.expander]
