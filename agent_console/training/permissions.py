"""Who may open which page."""

CORRECT = "training.correct_sentences"
REVIEW = "training.review_corrections"
EXPORT = "training.export_training"
ANY = (CORRECT, REVIEW, EXPORT)
