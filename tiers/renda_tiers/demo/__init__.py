"""The demonstration: 菏泽市 with its 11 counties and 167 townships on one node, and the main job run on it.

Divisions and the city's ten-year totals are real and published; persons, records and every split of a
total are invented, and the pages say so.
"""
