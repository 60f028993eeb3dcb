"""Small dispute files for tests of the command line."""

from __future__ import annotations

SMALL = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A]}, add: 25%,
     assumed: [add], source: {document: example}}
"""
OPEN = (
    SMALL
    + """
questions: [{id: q1, path: measures.us-steel.earliest, ask: "From when?", default: "2018-06-01"}]
"""
)
