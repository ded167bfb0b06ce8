/* The field in which an operator says why. */

/** A pattern for a text that is not blank. */
export const someText = String.raw`.*\S.*`;
export const sayWhy = 'Say why: the note is kept.';
