/**
 * The option `--device` of commands that have others run the network.
 *
 * @module
 */
import { Option } from "commander";

/** `--device cpu` or `--device gpu`. */
export function deviceOption(): Option {
  return new Option("--device <name>", "where the network runs")
    .choices(["cpu", "gpu"])
    .default("cpu");
}
