import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../limits.ts'
import { evaluateLifecyclePolicy } from './evaluate-lifecycle-policy.ts'
import type { LifecycleImage, LifecycleRule } from './lifecycle-policy.ts'

const NOW = 1000 * DAY_MS

const anImage = (
  digest: string,
  { daysAgo = 0, ...given }: Partial<LifecycleImage> & { readonly daysAgo?: number } = {},
) => ({
  digest,
  tags: [],
  storageClass: 'STANDARD' as const,
  pushedAt: NOW - daysAgo * DAY_MS,
  manifests: [],
  ...given,
})

const aRule = (given: Partial<LifecycleRule> = {}): LifecycleRule => ({
  priority: 1,
  tagStatus: 'any',
  tagPrefixes: [],
  tagPatterns: [],
  storageClass: 'STANDARD',
  countType: 'imageCountMoreThan',
  countNumber: 1,
  action: 'EXPIRE',
  ...given,
})

const tagged = (tagPrefixes: readonly string[], given: Partial<LifecycleRule> = {}) =>
  aRule({ tagStatus: 'tagged', tagPrefixes, ...given })

const gone = (rules: readonly LifecycleRule[], images: readonly LifecycleImage[]): string[] =>
  evaluateLifecyclePolicy(rules, images, NOW)
    .map(({ digest, rule }) => `${digest}/${rule?.priority ?? '-'}`)
    .toSorted()

describe('the evaluation of a lifecycle policy', () => {
  /** The examples of AWS's guide. */
  const images = [
    anImage('A', { tags: ['beta-1', 'prod-1'], daysAgo: 10 }),
    anImage('B', { tags: ['beta-2', 'prod-2'], daysAgo: 9 }),
    anImage('C', { tags: ['beta-3'], daysAgo: 8 }),
  ]

  it('leaves an image alone that a rule of better priority was for, and counts it', () => {
    expect(gone([tagged(['prod']), tagged(['beta'], { priority: 2 })], images)).toEqual(['A/1'])
    expect(gone([tagged(['beta']), tagged(['prod'], { priority: 2 })], images)).toEqual(['A/1', 'B/1'])
  })

  it('wants a tag for each prefix and each pattern', () => {
    const rule = tagged(['prod', 'beta'], { countType: 'sinceImagePushed' })
    expect(gone([rule], images)).toEqual(['A/1', 'B/1'])
    expect(gone([tagged([], { tagPatterns: ['*-1', 'b*1'], countType: 'sinceImagePushed' })], images)).toEqual(['A/1'])
  })

  it('takes the time of the push where there was no pull, and of the return from the archive after that', () => {
    const rule = aRule({ countType: 'sinceImagePulled', countNumber: 5 })
    const pulled = anImage('A', { daysAgo: 10, lastPulledAt: NOW - DAY_MS })
    const returned = anImage('B', { daysAgo: 10, lastPulledAt: NOW - 9 * DAY_MS, lastActivatedAt: NOW - DAY_MS })
    expect(gone([rule], [pulled, returned, anImage('C', { daysAgo: 10 }), anImage('D', { daysAgo: 5 })])).toEqual([
      'C/1',
    ])
  })

  it('has rules for what is in the archive', () => {
    const rule = aRule({ countType: 'sinceImageTransitioned', storageClass: 'ARCHIVE', countNumber: 90 })
    const archived = (digest: string, days: number) =>
      anImage(digest, { storageClass: 'ARCHIVE', daysAgo: 200, lastArchivedAt: NOW - days * DAY_MS })
    expect(gone([rule], [archived('A', 91), archived('B', 90), anImage('C', { daysAgo: 200 })])).toEqual(['A/1'])
  })

  it('keeps the images of an index until the index goes', () => {
    const untagged = aRule({ tagStatus: 'untagged', countType: 'sinceImagePushed' })
    const child = anImage('child', { daysAgo: 9 })
    const index = anImage('index', { tags: ['v1'], manifests: ['child'], daysAgo: 9 })
    expect(gone([untagged], [child, index])).toEqual([])
    expect(gone([untagged], [child, { ...index, tags: [] }])).toEqual(['child/1', 'index/1'])
    const outer = anImage('outer', { tags: ['v2'], manifests: ['index'], daysAgo: 9 })
    expect(gone([untagged], [child, { ...index, tags: [] }, outer])).toEqual([])
  })

  it('takes artifacts along with what they are about, and after it', () => {
    const rule = aRule({ countType: 'sinceImagePushed', countNumber: 5 })
    const signature = anImage('signature', { subject: 'A' })
    const proof = anImage('proof', { subject: 'signature' })
    expect(gone([rule], [anImage('A', { daysAgo: 6 }), signature, proof])).toEqual(['A/1', 'proof/1', 'signature/1'])
    expect(gone([rule], [anImage('A', { daysAgo: 4 }), { ...signature, pushedAt: 0 }])).toEqual([])
    expect(gone([rule], [signature])).toEqual([])
    expect(gone([rule], [{ ...signature, pushedAt: NOW - 2 * DAY_MS }])).toEqual(['signature/-'])
  })

  it('keeps an artifact that an index has', () => {
    const rule = aRule({ countType: 'sinceImagePushed', countNumber: 5 })
    const signature = anImage('signature', { subject: 'A' })
    const index = anImage('index', { manifests: ['signature'] })
    expect(gone([rule], [anImage('A', { daysAgo: 6 }), signature, index])).toEqual(['A/1'])
  })

  const tag = fc.constantFrom('a1', 'a2', 'b1', 'b2')
  const image = fc.record({
    tags: fc.uniqueArray(tag, { maxLength: 3 }),
    daysAgo: fc.nat(20),
    isArchived: fc.boolean(),
    manifests: fc.uniqueArray(fc.nat(20), { maxLength: 3 }),
    subject: fc.option(fc.nat(20), { nil: undefined, freq: 4 }),
  })
  const repository = fc.array(image, { maxLength: 20 }).map((all) =>
    all.map(({ tags, daysAgo, isArchived, manifests, subject }, at) =>
      anImage(`d${at}`, {
        tags,
        daysAgo,
        ...(isArchived && { storageClass: 'ARCHIVE' as const, lastArchivedAt: NOW - daysAgo * DAY_MS }),
        // What refers to another comes after it, as digests make sure of.
        ...(subject !== undefined && subject < at
          ? { subject: `d${subject}` }
          : { manifests: manifests.filter((to) => to < at).map((to) => `d${to}`) }),
      }),
    ),
  )
  const rule = fc.record({
    tagStatus: fc.constantFrom('tagged' as const, 'untagged' as const, 'any' as const),
    prefix: fc.constantFrom('a', 'b', 'a1'),
    isArchived: fc.boolean(),
    countType: fc.constantFrom('imageCountMoreThan' as const, 'sinceImagePushed' as const, 'sinceImagePulled' as const),
    countNumber: fc.integer({ min: 1, max: 10 }),
    action: fc.constantFrom('EXPIRE' as const, 'TRANSITION' as const),
  })
  const policy = fc.array(rule, { minLength: 1, maxLength: 5 }).map((all) =>
    all.map(({ prefix, isArchived, tagStatus, countType, countNumber, action }, at) =>
      aRule({
        priority: at + 1,
        tagStatus,
        tagPrefixes: tagStatus === 'tagged' ? [prefix] : [],
        countNumber,
        ...(isArchived ? { storageClass: 'ARCHIVE', countType: 'sinceImageTransitioned' } : { countType, action }),
      }),
    ),
  )

  it('holds for all images and rules: each image once, nothing that an index which stays needs, no artifact without cause', () => {
    fc.assert(
      fc.property(policy, repository, (rules, all) => {
        const outcomes = evaluateLifecyclePolicy(rules, all, NOW)
        const actions = new Map(outcomes.map(({ digest, action }) => [digest, action]))
        expect(actions.size).toBe(outcomes.length)
        const isGone = (digest: string | undefined): boolean => digest !== undefined && actions.get(digest) === 'EXPIRE'
        const torn = all.filter(({ digest, manifests }) => !isGone(digest) && manifests.some(isGone))
        const needed = new Set(all.flatMap(({ digest, manifests }) => (isGone(digest) ? [] : manifests)))
        const orphaned = all.filter(
          ({ digest, subject }) =>
            isGone(subject) && !isGone(digest) && !needed.has(digest) && !needed.has(subject ?? ''),
        )
        const archivedTwice = all.filter(
          ({ digest, storageClass }) => storageClass === 'ARCHIVE' && actions.get(digest) === 'TRANSITION',
        )
        expect({ torn, orphaned, archivedTwice }).toEqual({ torn: [], orphaned: [], archivedTwice: [] })
        expect(outcomes.filter(({ rule: by, action }) => by !== undefined && by.action !== action)).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('holds for all images and rules: a rule leaves as many as it says, and what is done is not done again', () => {
    fc.assert(
      fc.property(policy, repository, (rules, all) => {
        const plain = all.map((each) => ({ ...each, manifests: [] })).filter(({ subject }) => subject === undefined)
        const outcomes = evaluateLifecyclePolicy(rules, plain, NOW)
        const left = plain.filter(({ digest }) => outcomes.every((each) => each.digest !== digest))
        const isStandard = ({ storageClass }: LifecycleImage): boolean => storageClass === 'STANDARD'
        const counting = rules
          .slice(0, 1)
          .filter(({ countType, tagStatus }) => countType === 'imageCountMoreThan' && tagStatus === 'any')
        for (const { countNumber } of counting)
          expect(left.filter(isStandard)).toHaveLength(Math.min(plain.filter(isStandard).length, countNumber))
        expect(evaluateLifecyclePolicy(rules.slice(0, 1), left, NOW)).toEqual([])
      }),
    )
  })
})
