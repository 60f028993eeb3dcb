// vega-interpreter asks for vega-util; the bundle of vega, loaded before, holds it.
export const { ascending, isString, DisallowedObjectProperties } = globalThis.vega;
