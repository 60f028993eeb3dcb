# One counterfactual with KITE, called as its example calls it: Rscript kite.R CASE_FOLDER OUT TOLERANCE
library(KITE)
library(data.table)
given <- commandArgs(TRUE)
case <- readRDS(file.path(given[1], "kite.rds"))
found <- update_equilibrium(model = caliendo_parro_2015,
                            initial_conditions = case$initial_conditions,
                            model_scenario = list(tariff_new = case$tariff_new),
                            settings = list(verbose = 2L, tolerance = as.numeric(given[3])))

# Real income from what it returns; arrays are origin × destination × sector and sector × country, sorted by name.
regions <- read.csv(file.path(given[1], "regions.csv"))
n <- nrow(regions)
arrayed <- function(table) array(table$value, dim = c(n, n, length(table$value) / n^2))
matrixed <- function(table) matrix(table$value, ncol = n)
tariff <- arrayed(setorder(copy(case$tariff_new), sector, destination, origin))
alpha <- matrixed(setorder(copy(case$initial_conditions$consumption_share), country, sector))
imports <- apply(arrayed(found$output$trade_share_new) * (tariff - 1) / tariff, c(2, 3), sum)
revenue <- rowSums(imports * t(matrixed(found$output$expenditure_new)))
w_hat <- found$output$wage_change$value
income <- (w_hat * regions$wL + revenue + regions$D) / regions$I
prices <- exp(colSums(alpha * log(matrixed(found$output$price_change))))
write.csv(data.frame(region = regions$region, w_hat = w_hat, W_hat = income / prices), given[2], row.names = FALSE)
