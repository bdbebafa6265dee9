import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { missing, reload, startCommitter, torn } from './committed.ts'

const ROUNDS = 10
const LONGEST_ROUND_MS = 300

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'journal-crash-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

it('has every acknowledged transaction after kill -9, each whole, and blocks nobody', async () => {
  const kept = new Set<number>()
  for (let round = 0; round < ROUNDS; round++) {
    const committer = startCommitter(directory)
    await committer.keeps(1)
    const livedMs = Math.random() * LONGEST_ROUND_MS
    await sleep(livedMs)
    committer.process.kill('SIGKILL')
    await committer.ended
    expect(committer.failure()).toBeUndefined()
    for (const number of committer.kept) kept.add(number)

    const store = await reload(directory)
    expect({ round, livedMs, missing: missing(store, kept), torn: torn(store) }).toEqual({
      round,
      livedMs,
      missing: [],
      torn: [],
    })
    await store.close()
  }
  expect(kept.size).toBeGreaterThan(ROUNDS)
})

it('is opened by exactly one of several processes that start at the same moment', async () => {
  const openAt = Date.now() + 1500
  const committers = Array.from({ length: 4 }, () => startCommitter(directory, { openAt }))
  const losers = await Promise.race([
    Promise.all(committers.map(({ ended }) => ended)).then(() => 'all of them'),
    threeEnded(committers.map(({ ended }) => ended)).then(() => 'three'),
  ])
  expect(losers).toBe('three')
  const winners = committers.filter(({ failure }) => failure() === undefined)
  expect(winners).toHaveLength(1)
  for (const { failure } of committers.filter((committer) => !winners.includes(committer))) {
    expect(failure()).toMatch(/is in use by another process/)
  }
  await winners[0]!.keeps(winners[0]!.kept.size + 100)
  winners[0]!.process.kill('SIGKILL')
  await winners[0]!.ended
})

const threeEnded = (ends: readonly Promise<void>[]): Promise<void> =>
  new Promise((resolve) => {
    let count = 0
    for (const ended of ends) void ended.then(() => ++count === 3 && resolve())
  })
