"""The learning-efficiency study: variants x data fractions x seeds."""
