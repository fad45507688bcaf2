"""One knowledge base for operators and the assistant: articles quoted with their source."""
