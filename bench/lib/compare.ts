/**
 * The two kinds of question: ours against a rival measured in the same run, in alternating pairs so that both meet the same machine;
 * and ours against a fixed limit.
 */
import { type Spread, spreadOf } from './statistics.ts'

/** What the ratio ours / rival must be. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** Takes one sample: a rate, a time, a size. */
export type Measure = () => number | Promise<number>

export interface Answer {
  readonly question: string
  readonly unit: string
  readonly ours: Spread
  /** What ours is compared with, and in which words. */
  readonly rival: Spread
  readonly rivalName: string
  readonly ratio: number
  readonly goal: Goal
}

export interface PairsOptions {
  readonly question: string
  readonly unit: string
  readonly ours: Measure
  readonly rival: Measure
  readonly rivalName: string
  readonly goal: Goal
  readonly pairs?: number
  /** Pairs measured before and thrown away, so that both sides are warm. */
  readonly warmUps?: number
}

/** The ratio is the median of the pairs' own ratios: what slows the machine for a while slows both halves of a pair. */
export const comparePairs = async (options: PairsOptions): Promise<Answer> => {
  const { question, unit, rivalName, goal, pairs = 9, warmUps = 1 } = options
  const measured: { readonly ours: number; readonly rival: number }[] = []
  for (let pair = -warmUps; pair < pairs; pair++) {
    const sample = await samplePair(options, pair % 2 === 0)
    if (pair >= 0) measured.push(sample)
  }
  return {
    question,
    unit,
    ours: spreadOf(measured.map(({ ours }) => ours)),
    rival: spreadOf(measured.map(({ rival }) => rival)),
    rivalName,
    ratio: spreadOf(measured.map(({ ours, rival }) => ours / rival)).median,
    goal,
  }
}

const samplePair = async ({ ours, rival }: PairsOptions, isOursFirst: boolean) => {
  if (isOursFirst) return { ours: await ours(), rival: await rival() }
  const rivalFirst = await rival()
  return { ours: await ours(), rival: rivalFirst }
}

export interface LimitOptions {
  readonly question: string
  readonly unit: string
  readonly measure: Measure
  readonly limit: number
  readonly limitName: string
  readonly goal: Goal
  readonly samples?: number
}

export const compareToLimit = async (options: LimitOptions): Promise<Answer> => {
  const { question, unit, limit, limitName, goal, samples = 5 } = options
  const measured: number[] = []
  for (let sample = 0; sample < samples; sample++) measured.push(await options.measure())
  const ours = spreadOf(measured)
  const rival = { median: limit, p25: limit, p75: limit }
  return { question, unit, ours, rival, rivalName: limitName, ratio: ours.median / limit, goal }
}

export const isReached = ({ ratio, goal }: Answer): boolean =>
  'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost

/** How many times per second `work` was done, if it was done `count` times meanwhile. */
export const rateOf = async (count: number, work: () => unknown): Promise<number> =>
  count / ((await millisecondsOf(work)) / 1000)

export const millisecondsOf = async (work: () => unknown): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
