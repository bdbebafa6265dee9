/** The base score of a CVSS 3 vector. Source: FIRST, "Common Vulnerability Scoring System v3.1: Specification Document", 7.1. */

const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
}
/** What privileges weigh where another component is affected. */
const CHANGED_PRIVILEGES: Readonly<Record<string, number>> = { N: 0.85, L: 0.68, H: 0.5 }

/** From 0 to 10; undefined for what is no such vector. */
export const cvss3Score = (vector: string): number | undefined => {
  const metrics = new Map(vector.split('/').map((part) => part.split(':', 2) as [string, string]))
  if (!/^3\.[01]$/.test(metrics.get('CVSS') ?? '')) return undefined
  const isChanged = metrics.get('S') === 'C'
  const weight = (name: string): number => {
    const value = metrics.get(name) ?? ''
    const weights = name === 'PR' && isChanged ? CHANGED_PRIVILEGES : WEIGHTS[name]
    return weights !== undefined && Object.hasOwn(weights, value) ? (weights[value] ?? Number.NaN) : Number.NaN
  }
  const impactBase = 1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'))
  const impact = isChanged ? 7.52 * (impactBase - 0.029) - 3.25 * (impactBase - 0.02) ** 15 : 6.42 * impactBase
  const exploitability = 8.22 * weight('AV') * weight('AC') * weight('PR') * weight('UI')
  const sum = impact <= 0 ? 0 : (isChanged ? 1.08 : 1) * (impact + exploitability)
  return Number.isNaN(sum + exploitability) ? undefined : roundedUp(Math.min(sum, 10))
}

/** To one decimal, without the errors of binary fractions. */
const roundedUp = (score: number): number => {
  const exact = Math.round(score * 100_000)
  return exact % 10_000 === 0 ? exact / 100_000 : (Math.floor(exact / 10_000) + 1) / 10
}
