/** What a simulated container is told to do, by Docker labels of its task definition. Documented in `docs/guides/simulated-runtime.md`. */

const PREFIX = 'longshore.simulated.'

/** Labels without the prefix, as they are found. */
export type SimulationOrder =
  | 'exit-after-seconds'
  | 'exit-code'
  | 'start-delay-milliseconds'
  | 'health'
  | 'ignore-stop'
  | 'fail-pull'
  | 'fail-create'
  | 'fail-start'
  | 'out-of-memory-after-seconds'
  | 'cpu-percent'
  | 'memory-mebibytes'

export type Labels = Readonly<Record<string, string>>

export const orderText = (labels: Labels, order: SimulationOrder): string | undefined => labels[PREFIX + order]

/** The number, or undefined if there is none or it is none. */
export const orderNumber = (labels: Labels, order: SimulationOrder): number | undefined => {
  const text = orderText(labels, order)
  if (text === undefined || text.trim() === '') return undefined
  const number = Number(text)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

export const orderFlag = (labels: Labels, order: SimulationOrder): boolean => orderText(labels, order) === 'true'

/** Why a call is to fail, undefined if it is not: the label's text, or a default where it only says `true`. */
export const orderFailure = (labels: Labels, order: SimulationOrder, fallback: string): string | undefined => {
  const text = orderText(labels, order)
  if (text === undefined || text === 'false') return undefined
  return text === 'true' || text === '' ? fallback : text
}
