/** Text for terminals: what others chose must not move the cursor, begin a line of its own, or turn around what stands behind it. */

const CONTROL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** The text with control characters as `\u001b`. */
export const visible = (text: string): string =>
  text.replaceAll(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
