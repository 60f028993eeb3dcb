# The tables of a case as cp2015 and KITE want them: Rscript prepare.R CASE_FOLDER
folder <- commandArgs(TRUE)[1]
read <- function(name) read.csv(file.path(folder, paste0(name, ".csv")), stringsAsFactors = FALSE)
trade <- read("trade"); inputs <- read("inputs"); cells <- read("sectors"); regions <- read("regions"); theta <- read("theta")
theta$value <- as.double(theta$value)  # 4 is read as an integer, which cp2015 warns of

saveRDS(list(
  sets = list(regions = regions$region, sectors = theta$sector),
  intermediate_consumption = inputs[c("input", "sector", "region", "value")],
  final_consumption = data.frame(sector = cells$sector, region = cells$region, value = cells$final),
  value_added = data.frame(sector = cells$sector, region = cells$region, value = cells$value_added),
  trade = data.frame(sector = trade$sector, exporter = trade$exporter, importer = trade$importer, value = trade$value,
                     tariff = trade$tariff, tariff_bln = trade$tariff, tariff_cfl = trade$tariff_cfl, d_bln = 1, d_cfl = 1),
  deficit = regions[c("region", "D")],
  theta = theta
), file.path(folder, "cp2015.rds"))

suppressPackageStartupMessages(library(data.table))
of_trade <- function(value) data.table(origin = trade$exporter, destination = trade$importer, sector = trade$sector, value = value)
of_cells <- function(value) data.table(sector = cells$sector, country = cells$region, value = value)
inputs <- merge(inputs, cells, by = c("region", "sector"))
saveRDS(list(
  initial_conditions = list(
    consumption_share = of_cells(cells$alpha),
    factor_share = of_cells(cells$gamma_va),
    intermediate_share = data.table(input = inputs$input, output = inputs$sector, country = inputs$region,
                                    value = ifelse(inputs$gamma_va < 1, inputs$cost_share / (1 - inputs$gamma_va), 0)),
    trade_share = of_trade(trade$share),
    tariff = of_trade(1 + trade$tariff),
    trade_elasticity = data.table(sector = theta$sector, value = 1 / theta$value),
    value_added = data.table(country = regions$region, value = regions$wL),
    trade_balance = data.table(country = regions$region, value = -regions$D)
  ),
  tariff_new = of_trade(1 + trade$tariff_cfl)
), file.path(folder, "kite.rds"))
