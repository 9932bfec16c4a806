"""Measure retrieval, reading and answers on anybody's data, and compare two runs.

beir.py, squad.py, questions.py   files → questions with their truth
retrieval.py, reading.py, answers.py   questions → a report
metrics.py, spans.py, abstention.py    the measures, pure functions with formula and paper
bootstrap.py, compare.py, trec.py, report.py   intervals, paired tests, runs on disk, Markdown
"""
