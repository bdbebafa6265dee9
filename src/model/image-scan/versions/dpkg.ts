/** Order of Debian's versions. Source: Debian Policy 5.6.12; deb-version(7). */

/** Below 0 if `a` is the earlier one. */
export const compareDpkg = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)]
  return (
    left.epoch - right.epoch || compareText(left.upstream, right.upstream) || compareText(left.revision, right.revision)
  )
}

const partsOf = (version: string) => {
  const text = version.trim()
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  const hyphen = rest.lastIndexOf('-')
  return {
    epoch: colon === -1 ? 0 : Number(text.slice(0, colon)) || 0,
    upstream: hyphen === -1 ? rest : rest.slice(0, hyphen),
    revision: hyphen === -1 ? '' : rest.slice(hyphen + 1),
  }
}

/** Texts without digits and numbers take turns. */
const compareText = (a: string, b: string): number => {
  let [left, right] = [0, 0]
  while (left < a.length || right < b.length) {
    while ((left < a.length && !isDigit(a, left)) || (right < b.length && !isDigit(b, right))) {
      const difference = weight(a, left) - weight(b, right)
      if (difference !== 0) return difference
      left += 1
      right += 1
    }
    const [digits, others] = [digitsAt(a, left), digitsAt(b, right)]
    const difference = compareDigits(digits, others)
    if (difference !== 0) return difference
    left += digits.length
    right += others.length
  }
  return 0
}

/** `~` comes before the end, the end before letters, letters before the rest. A digit ends a text like the end does. */
const weight = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  if (at >= text.length || isDigit(text, at)) return 0
  if (text[at] === '~') return -1
  return /[A-Za-z]/.test(text[at] ?? '') ? code : code + 256
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

const digitsAt = (text: string, from: number): string => {
  let end = from
  while (end < text.length && isDigit(text, end)) end += 1
  return text.slice(from, end)
}

/** Numbers of any length; none is zero. */
export const compareDigits = (a: string, b: string): number => {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return left.length - right.length || compareStrings(left, right)
}

export const compareStrings = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
