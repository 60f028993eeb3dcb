// Loaded when a chart is first explored: vega's interpreter needs no eval, so that the content policy can forbid it.
import { expressionInterpreter } from "/static/vendor/vega-interpreter.js";

export async function explore(place, spec) {
  await globalThis.vegaEmbed(place, spec, {
    ast: true,
    expr: expressionInterpreter,
    actions: false,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  });
}
