import { describe, expect, it } from 'vitest'
import { withImageDigests } from './version-consistency.ts'

const CONTAINERS = [
  { name: 'app', image: 'r/app:1' },
  { name: 'loose', image: 'r/loose:1', versionConsistency: 'disabled' as const },
  { name: 'fixed', image: 'r/fixed@sha256:f' },
]

describe('the images of a service revision', () => {
  it('keep the digests that they had first, but for containers that may change', () => {
    const first = withImageDigests(undefined, CONTAINERS, ({ name }) => `sha256:${name}`)
    expect(first).toEqual({ app: 'sha256:app' })
    expect(withImageDigests(first, CONTAINERS, () => 'sha256:later')).toBe(first)
  })

  it('have none as long as nobody knows one', () => {
    expect(withImageDigests(undefined, CONTAINERS, () => undefined)).toBeUndefined()
  })
})
