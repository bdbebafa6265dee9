import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { planRules } from './rule-plan.ts'

const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } })
const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } })
const method: RuleCondition = { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } }

const plan = (...rules: RuleCondition[][]) =>
  planRules(
    rules.map((conditions, index) => ({
      name: `r${index}`,
      rule: { ruleArn: `r${index}`, priority: index + 1, conditions, actions: [], transforms: [] },
    })),
  )

describe('the order in which rules are tried', () => {
  it('neighbours that ask for hosts and paths are looked up together', () => {
    expect(plan([path('/a', '/b/*')], [host('X.test')], [path('/c')])).toEqual([
      {
        type: 'lookup',
        lookups: [
          {
            keyed: 'path',
            exact: [
              ['/a', 'r0'],
              ['/c', 'r2'],
            ],
            prefixes: [['/b/', 'r0']],
          },
          { keyed: 'host and path', exact: [], prefixes: [['x.test|', 'r1']] },
        ],
      },
    ])
  })

  it('what an earlier rule takes is not listed for a later one', () => {
    const [step] = plan([path('/a/*')], [path('/a/b')], [path('/a/b/*')], [path('/*')])
    expect(step).toEqual({
      type: 'lookup',
      lookups: [
        {
          keyed: 'path',
          exact: [],
          prefixes: [
            ['/a/', 'r0'],
            ['/', 'r3'],
          ],
        },
      ],
    })
  })

  it('hosts that begin with their only wildcard are told by their ends', () => {
    expect(plan([host('*.A.test')], [host('*.b.test', '*b.test')], [host('*.c.test', 'c.test')], [host('*')])).toEqual([
      {
        type: 'endings',
        entries: [
          ['.a.test', 'r0'],
          ['.b.test', 'r1'],
          ['b.test', 'r1'],
        ],
      },
      expect.objectContaining({ type: 'expressions', keyed: 'host and path' }),
    ])
  })

  it('other conditions part neighbours', () => {
    expect(plan([path('/a')], [method], [path('/b')], [path('/*/c')]).map(({ type }) => type)).toEqual([
      'lookup',
      'conditions',
      'lookup',
      'expressions',
    ])
  })
})
