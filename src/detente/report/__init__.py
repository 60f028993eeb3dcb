"""The report: the document model and its renderers, charts, numbers. It computes no economics."""
