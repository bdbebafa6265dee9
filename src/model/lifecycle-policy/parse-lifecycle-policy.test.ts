import { describe, expect, it } from 'vitest'
import { InvalidLifecyclePolicy, parseLifecyclePolicy } from './parse-lifecycle-policy.ts'

const aRule = ({
  selection = {},
  ...more
}: { readonly selection?: object; readonly [member: string]: unknown } = {}) => ({
  rulePriority: 1,
  selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1, ...selection },
  action: { type: 'expire' },
  ...more,
})

const policyOf = (...rules: readonly object[]): string => JSON.stringify({ rules })

describe('a lifecycle policy', () => {
  it('is read in the order of its priorities', () => {
    const tagged = { tagStatus: 'tagged', tagPrefixList: ['prod'], countType: 'sinceImagePushed', countUnit: 'days' }
    const text = policyOf(
      aRule({ rulePriority: 7, description: 'the rest', selection: { tagStatus: 'any' } }),
      aRule({
        rulePriority: 2,
        selection: { ...tagged, countNumber: 30 },
        action: { type: 'transition', targetStorageClass: 'archive' },
      }),
    )
    expect(parseLifecyclePolicy(text)).toEqual([
      {
        priority: 2,
        tagStatus: 'tagged',
        tagPrefixes: ['prod'],
        tagPatterns: [],
        storageClass: 'STANDARD',
        countType: 'sinceImagePushed',
        countNumber: 30,
        action: 'TRANSITION',
      },
      {
        priority: 7,
        description: 'the rest',
        tagStatus: 'any',
        tagPrefixes: [],
        tagPatterns: [],
        storageClass: 'STANDARD',
        countType: 'imageCountMoreThan',
        countNumber: 1,
        action: 'EXPIRE',
      },
    ])
  })

  it('can have a rule for any image in each storage class', () => {
    const archived = {
      storageClass: 'archive',
      countType: 'sinceImageTransitioned',
      countUnit: 'days',
      countNumber: 90,
    }
    const text = policyOf(
      aRule({ selection: { tagStatus: 'any' } }),
      aRule({ rulePriority: 2, selection: { tagStatus: 'any', ...archived } }),
    )
    expect(parseLifecyclePolicy(text)).toHaveLength(2)
  })

  const tagged = { tagStatus: 'tagged', tagPrefixList: ['a'] }
  it.each([
    ['no JSON', 'x', 'not JSON'],
    ['a list', '[]', 'policy has to be an object'],
    ['no rules', policyOf(), 'policy.rules has to be a list'],
    ['51 rules', policyOf(...Array.from({ length: 51 }, (_, at) => aRule({ rulePriority: at + 1 }))), '1 to 50'],
    ['what is not known', policyOf(aRule({ selections: {} })), 'rules[0].selections is not known; selection is'],
    ['a priority of 0', policyOf(aRule({ rulePriority: 0 })), 'rules[0].rulePriority has to be a whole number'],
    ['a priority twice', policyOf(aRule(), aRule({ selection: tagged })), 'is that of another rule'],
    ['null for a member', policyOf(aRule({ selection: { countUnit: null } })), 'countUnit'],
    ['tags of untagged images', policyOf(aRule({ selection: { tagPrefixList: ['a'] } })), 'tagStatus tagged only'],
    ['tagged without tags', policyOf(aRule({ selection: { tagStatus: 'tagged' } })), 'needs a tagPrefixList'],
    ['prefixes and patterns', policyOf(aRule({ selection: { ...tagged, tagPatternList: ['a*'] } })), 'not both'],
    [
      'five wildcards',
      policyOf(aRule({ selection: { tagStatus: 'tagged', tagPatternList: ['*a*b*c*d*'] } })),
      '4 wildcards',
    ],
    [
      'days without a unit',
      policyOf(aRule({ selection: { countType: 'sinceImagePushed' } })),
      'countUnit has to be days',
    ],
    [
      'a unit of images',
      policyOf(aRule({ selection: { countUnit: 'days' } })),
      'cannot be given with imageCountMoreThan',
    ],
    [
      'any before others',
      policyOf(aRule({ selection: { tagStatus: 'any' } }), aRule({ rulePriority: 2 })),
      'has to be the highest number',
    ],
    ['a selection twice', policyOf(aRule(), aRule({ rulePriority: 2 })), 'selects the images of another rule'],
    ['another action', policyOf(aRule({ action: { type: 'delete' } })), 'action.type has to be expire or transition'],
    [
      'a target of expiry',
      policyOf(aRule({ action: { type: 'expire', targetStorageClass: 'archive' } })),
      'transition only',
    ],
    [
      'a transition to nowhere',
      policyOf(aRule({ action: { type: 'transition' } })),
      'targetStorageClass has to be archive',
    ],
    [
      'pushes in the archive',
      policyOf(aRule({ selection: { storageClass: 'archive' } })),
      'sinceImageTransitioned with the storageClass archive',
    ],
    [
      'less than 90 days of archive',
      policyOf(
        aRule({
          selection: {
            storageClass: 'archive',
            countType: 'sinceImageTransitioned',
            countUnit: 'days',
            countNumber: 89,
          },
        }),
      ),
      '90 or more',
    ],
  ])('is refused with %s', (_, text, complaint) => {
    expect(() => parseLifecyclePolicy(text)).toThrow(InvalidLifecyclePolicy)
    expect(() => parseLifecyclePolicy(text)).toThrow(complaint)
  })
})
