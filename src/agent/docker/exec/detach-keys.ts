/**
 * The keys that make Docker detach a client from a program's terminal. The engine's own, Ctrl-P Ctrl-Q, would hold back every Ctrl-P, which
 * shells and editors need. Ours nobody types by chance, and the engine tells them back: they mark the programs that an agent started.
 */

/** Only the first key, Ctrl-^, is held back until the next one. */
const WORD = 'longshore'

export const DETACH_KEYS = `ctrl-^,${WORD.split('').join(',')}`

const BYTES = Buffer.from(`\u001E${WORD}`, 'latin1').toString('base64')

/** Whether a program that the engine knows was started with `DETACH_KEYS`. */
export const isMarked = (detachKeys: string | null | undefined): boolean => detachKeys === BYTES
