"""Tariffs as dated law in words a customs officer would use, and what they change in a world.

A measure of the dispute file names its goods in exactly one of these forms::

    goods: {value: 50bn, basis: customs}                  # so much of the partner's goods; basis customs | world
    goods: {value: 3bn, basis: customs, sectors: [C24A]}  # the same, and where
    goods: {sectors: [C24A, C24B]}                        # all goods of these sectors
    goods: {sector_rates: {C24A: 25%, C24B: 10%}}         # the same, each with its own rate
    goods: {codes: [{hs: "854231", value: 1.2bn, add: 25%}, {hs: "87032301"}]}    # 2 to 10 digits, text
    goods: {all: true}                                    # every goods sector
    goods: {table: us-on-china-2018-2020}                 # a bundled table by name, never a path

A table has one column a date and is cumulative: the measure with `from: 2018-07-06` puts the whole schedule of that
date in force and takes the place of earlier columns of the same table, so a path needs no `until`. `from` is one of
the table's dates, and the measure carries neither `add` nor `set`::

    - {id: us-2018-07-06, by: USA, on: CHN, status: in-force, from: 2018-07-06, goods: {table: us-on-china-2018-2020},
       source: {...}}

Bundled tables (`list_tables()`; `table_dates(name)` gives the dates a measure may start on):

| table | by, on | dates |
|---|---|---|
| us-on-china-2018-2020 | USA on CHN | 2018-07-06, 2018-08-23, 2018-09-24, 2019-06-01, 2019-09-01, 2020-02-14 |
| china-on-us-2018-2020 | CHN on USA | 2018-04-02 (the answer to Section 232) … 2020-02-14 |
| us-by-partner-2025 | USA on all, or on the partners named | 2025-02-04 … 2026-08-19 |

`history(name)` returns the whole path as measures, one a date.
"""
