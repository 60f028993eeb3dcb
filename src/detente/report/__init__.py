"""What every result is shown with: the document model and its renderers, charts, numbers. It computes no economics."""
