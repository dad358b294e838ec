"""Papers: slips, letters, registers and decisions, from templates of data to HTML and PDF.

`produce` makes a paper within the act that it is about; the words and facts of templates are in
docs/reference/documents.md.
"""

from engine.documents.facts import Signer
from engine.documents.issuing import MADE, compose, produce, row_of, said_of

__all__ = ["MADE", "Signer", "compose", "produce", "row_of", "said_of"]
