# One counterfactual with cp2015, everything at its defaults: Rscript cp2015.R CASE_FOLDER OUT
library(cp2015)
given <- commandArgs(TRUE)
found <- run_cp2015(readRDS(file.path(given[1], "cp2015.rds")))
print(found$convergence_info)
income <- found$I_n$I_cfl / found$I_n$I_bln
write.csv(data.frame(region = found$w_n_hat$region, w_hat = found$w_n_hat$w_hat, W_hat = income / found$P_n_hat$P_n_hat),
          given[2], row.names = FALSE)
