/** Functions of texts. */
import { INSIGHTS_TEXT_LENGTH } from '../limits.ts'
import type { QueryFunction } from './functions.ts'
import { isTrue, numberOf, Structure, textOf, type Value } from './value.ts'

const ofTexts = (least: number, most: number, call: (...texts: string[]) => Value): QueryFunction => ({
  least,
  most,
  call: (given) => {
    const texts = given.map(textOf)
    return texts.includes(undefined) ? undefined : call(...(texts as string[]))
  },
})

const trimmed = (text: string, characters: string | undefined, atStart: boolean, atEnd: boolean): string => {
  const isTrimmed = (character: string) =>
    characters === undefined ? /\s/.test(character) : characters.includes(character)
  let [start, end] = [0, text.length]
  while (atStart && start < end && isTrimmed(text[start]!)) start++
  while (atEnd && end > start && isTrimmed(text[end - 1]!)) end--
  return text.slice(start, end)
}

const replaced = (text: string, what: string, by: string): Value => {
  if (what === '') return text
  const parts = text.split(what)
  return text.length + (parts.length - 1) * by.length > INSIGHTS_TEXT_LENGTH ? undefined : parts.join(by)
}

const contains = (given: readonly Value[]): Value => {
  const [text, part] = given.map(textOf)
  if (text === undefined || part === undefined) return undefined
  const found = isTrue(given[2]) ? text.toLowerCase().includes(part.toLowerCase()) : text.includes(part)
  return found ? 1 : 0
}

/** Counted in code points. */
const part = ([value, from, length]: readonly Value[]): Value => {
  const text = textOf(value)
  const start = Math.trunc(numberOf(from))
  if (text === undefined || Number.isNaN(start)) return undefined
  const end = length === undefined ? undefined : Math.max(start, 0) + Math.trunc(numberOf(length))
  return Array.from(text).slice(Math.max(start, 0), end).join('')
}

const decoded = (text: string): Value => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

export const textFunctions: Readonly<Record<string, QueryFunction>> = {
  concat: {
    least: 1,
    most: Infinity,
    call: (given) => {
      const text = given.map((value) => textOf(value) ?? '').join('')
      return text.length > INSIGHTS_TEXT_LENGTH ? undefined : text
    },
  },
  ltrim: ofTexts(1, 2, (text, characters) => trimmed(text, characters, true, false)),
  rtrim: ofTexts(1, 2, (text, characters) => trimmed(text, characters, false, true)),
  trim: ofTexts(1, 2, (text, characters) => trimmed(text, characters, true, true)),
  strlen: ofTexts(1, 1, (text) => Array.from(text).length),
  toupper: ofTexts(1, 1, (text) => text.toUpperCase()),
  tolower: ofTexts(1, 1, (text) => text.toLowerCase()),
  substr: { least: 2, most: 3, call: part },
  replace: ofTexts(3, 3, replaced),
  strcontains: { least: 2, most: 3, call: contains },
  startswith: ofTexts(2, 2, (text, start) => (text.startsWith(start) ? 1 : 0)),
  endswith: ofTexts(2, 2, (text, end) => (text.endsWith(end) ? 1 : 0)),
  split: ofTexts(2, 2, (text, delimiter) => new Structure(text.split(delimiter), text.length)),
  urlencode: ofTexts(1, 1, (text) => encodeURIComponent(text.toWellFormed())),
  urldecode: ofTexts(1, 1, decoded),
  base64encode: ofTexts(1, 1, (text) => Buffer.from(text).toString('base64')),
  base64decode: ofTexts(1, 1, (text) => Buffer.from(text, 'base64').toString()),
}
