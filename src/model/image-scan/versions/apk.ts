/**
 * Order of Alpine's versions: `1.2.3a_rc1_p2~hash-r4`. Source: the package specification of apk-tools, apk-package(5).
 */
import { compareDigits, compareStrings } from './dpkg.ts'

/** Below 0 if `a` is the earlier one. */
export const compareApk = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)]
  return (
    compareNumbers(left.numbers, right.numbers) ||
    compareStrings(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    compareDigits(left.revision, right.revision)
  )
}

/** In their order; without one is between `rc` and `cvs`. */
const SUFFIXES = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p']
const VERSION = /^(\d+(?:\.\d+)*)([a-z]?)((?:_[a-z]+\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?$/
const SUFFIX = /_([a-z]+)(\d*)/g

interface Parts {
  readonly numbers: readonly string[]
  readonly letter: string
  readonly suffixes: readonly { readonly rank: number; readonly number: string }[]
  readonly revision: string
}

const partsOf = (text: string): Parts => {
  const [, numbers, letter = '', suffixes = '', revision = ''] = VERSION.exec(text.trim()) ?? []
  // What is no version comes before all that are.
  if (numbers === undefined) return { numbers: [], letter: text, suffixes: [], revision }
  return {
    numbers: numbers.split('.'),
    letter,
    suffixes: Array.from(suffixes.matchAll(SUFFIX), ([, name = '', number = '']) => ({
      rank: SUFFIXES.indexOf(name),
      number,
    })),
    revision,
  }
}

/** After the first, a number that begins with 0 is compared like the digits of a fraction. */
const compareNumbers = (a: readonly string[], b: readonly string[]): number => {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]]
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1
    const isFraction = at > 0 && (left.startsWith('0') || right.startsWith('0'))
    const difference = isFraction ? compareStrings(fraction(left), fraction(right)) : compareDigits(left, right)
    if (difference !== 0) return difference
  }
  return 0
}

const fraction = (digits: string): string => digits.replace(/0+$/, '')

const compareSuffixes = (a: Parts['suffixes'], b: Parts['suffixes']): number => {
  const none = { rank: SUFFIXES.indexOf(''), number: '' }
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at] ?? none, b[at] ?? none]
    const difference = left.rank - right.rank || compareDigits(left.number, right.number)
    if (difference !== 0) return difference
  }
  return 0
}
