"""The Streamlit chat: pages and widgets, each module named for what it shows. Nothing imports it but ``app.py``."""
