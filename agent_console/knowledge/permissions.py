"""Who may open which page."""

READ = "knowledge.read_articles"
MANAGE = "knowledge.manage_articles"
