"""The Streamlit chat: ``streamlit run app.py -- --index DIR --corpus DIR``."""

from qa.ui.main import main

main()
