"""From the answers of several annotators to one gold answer, with every reason kept."""
