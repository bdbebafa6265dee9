/**
 * Patterns matched with long texts. Policies come from users, and so do the names that they are held against, before anyone has looked at
 * how long those are: trying each place of a text anew would take seconds for a text of a million characters.
 */
import { ANY, type Glob, ONE } from './glob-codes.ts'

/** What stands between the `*` is found as early as it can be, one after another. */
export const matchesLongGlob = (glob: Glob, text: string): boolean => {
  const [first = [], ...others] = piecesOf(glob)
  const last = others.pop()
  if (last === undefined) return text.length === first.length && fitsAt(first, text, 0)
  const behind = text.length - last.length
  if (behind < first.length || !fitsAt(first, text, 0) || !fitsAt(last, text, behind)) return false
  let at: number | undefined = first.length
  for (const piece of others) {
    at = endOfPiece(piece, text, at, behind)
    if (at === undefined) return false
  }
  return true
}

const piecesOf = (glob: Glob): Glob[] => {
  const pieces: Glob[] = []
  let start = 0
  for (let any = glob.indexOf(ANY); any !== -1; any = glob.indexOf(ANY, start)) {
    pieces.push(glob.slice(start, any))
    start = any + 1
  }
  return [...pieces, glob.slice(start)]
}

const fitsAt = (piece: Glob, text: string, at: number): boolean =>
  piece.every((code, index) => code === ONE || code === text.charCodeAt(at + index))

const WORD_BITS = 32

/**
 * The end of the first place from `from` on, and before `until`, where the piece fits. The shift-and algorithm of Baeza-Yates and Gonnet:
 * a bit for each character of the piece says whether all up to it fit the text up to here.
 */
const endOfPiece = (piece: Glob, text: string, from: number, until: number): number | undefined => {
  if (piece.length === 0) return from
  const words = Math.ceil(piece.length / WORD_BITS)
  const { masks, open } = masksOf(piece, words)
  const fitting = new Uint32Array(words)
  const whole = 1 << ((piece.length - 1) % WORD_BITS)
  for (let index = from; index < until; index++) {
    const mask = masks.get(text.charCodeAt(index)) ?? open
    let carry = 1
    for (let word = 0; word < words; word++) {
      const before = fitting[word]!
      fitting[word] = ((before << 1) | carry) & mask[word]!
      carry = before >>> (WORD_BITS - 1)
    }
    if ((fitting[words - 1]! & whole) !== 0) return index + 1
  }
  return undefined
}

/** Where in the piece each character may stand; `open`, where any may. */
const masksOf = (piece: Glob, words: number) => {
  const open = new Uint32Array(words)
  piece.forEach((code, index) => code === ONE && setBit(open, index))
  const masks = new Map<number, Uint32Array>()
  piece.forEach((code, index) => {
    if (code === ONE) return
    const mask = masks.get(code) ?? open.slice()
    masks.set(code, mask)
    setBit(mask, index)
  })
  return { masks, open }
}

const setBit = (words: Uint32Array, index: number): void => {
  words[Math.floor(index / WORD_BITS)]! |= 1 << (index % WORD_BITS)
}
