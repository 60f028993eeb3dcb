"""The script of cp2015-jax as it is, in a folder with its data file: python cp2015_jax.py SCRIPT OUT."""

import csv
import runpy
import sys

found = runpy.run_path(sys.argv[1])
before, after = found["bln"], found["cfl"]
prices = after["P_n_hat"] / before["P_n_hat"]
with open(sys.argv[2], "w", newline="") as file:
    rows = csv.writer(file)
    rows.writerow(["region", "w_hat", "W_hat"])
    wages = after["w_n_hat"] / before["w_n_hat"]
    for k, (w_hat, W_hat) in enumerate(zip(wages, after["I_np"] / before["I_np"] / prices, strict=True)):
        rows.writerow([f"r{k + 1:02}", float(w_hat), float(W_hat)])
