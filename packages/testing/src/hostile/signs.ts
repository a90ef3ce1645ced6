/**
 * What must not be in anything that the program says.
 *
 * @module
 */

/** Words that show that it fell over and did not refuse: a stack, or an error of JavaScript's own. */
export const crash: RegExp =
  /is not a function|is not iterable|of undefined|of null|undefined \(|is not defined|Maximum call stack|\n\s+at |\[object Object\]|offset is out of bounds|Offset is outside/;

/** Signs that a terminal acts on; lines may end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is those that must not come out.
export const control: RegExp = /[\u0000-\u0009\u000b-\u001f\u007f\u009b]/;
