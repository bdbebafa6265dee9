import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchRule } from '../../../src/model/load-balancing/match-rule.ts'
import type { RuleRoute } from '../../../src/model/load-balancing/routing.ts'
import { aRoutingTable, aRuleRoute, answerWith } from './a-route.ts'
import { ask } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } })
const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } })
const method = (...Values: string[]): RuleCondition => ({
  Field: 'http-request-method',
  HttpRequestMethodConfig: { Values },
})
const header = (HttpHeaderName: string, ...Values: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
})
const query = (...Values: { Key?: string; Value: string }[]): RuleCondition => ({
  Field: 'query-string',
  QueryStringConfig: { Values },
})
const source = (...Values: string[]): RuleCondition => ({ Field: 'source-ip', SourceIpConfig: { Values } })

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
}

/** Each request is asked of the rule; whether it is taken is what the reference says. */
const CASES: readonly (readonly [string, RuleCondition[], Asked[]])[] = [
  [
    'a host in any case',
    [host('Www.Example.com')],
    [named('www.example.COM'), named('www.example.com:8080'), named('x.www.example.com')],
  ],
  [
    'hosts with wildcards',
    [host('*.example.com', 'a?.test')],
    [named('x.y.example.com'), named('example.com'), named('ab.test'), named('a.test')],
  ],
  [
    'a host by regular expression',
    [{ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^(api|web)[0-9]+\\.example\\.com$'] } }],
    [named('API7.example.com'), named('api.example.com')],
  ],
  ['a path and nothing around it', [path('/img')], [at('/img'), at('/img/'), at('/IMG'), at('/img?x=1'), at('/a/img')]],
  ['the beginning of a path', [path('/img/*')], [at('/img/'), at('/img/a/b?c'), at('/img'), at('/Img/a')]],
  [
    'paths with wildcards inside',
    [path('/a/*/c', '/?')],
    [at('/a/b/c'), at('/a//c'), at('/a/c'), at('/x'), at('/xy'), at('/a/b/c/d')],
  ],
  [
    'characters that paths may have',
    [path(`/_-.$/~"'@:+&*`)],
    [at(`/_-.$/~"'@:+&`), at(`/_-.$/~"'@:+&z`), at('/_-.$/~')],
  ],
  [
    'a path by regular expression',
    [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v[12]/ "#x{1,2}%?$|}'] } }],
    [at('/v1/'), at('/}'), at('/v3/')],
  ],
  [
    'a path by part',
    [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['/items/[0-9]{2}'] } }],
    [at('/a/items/12/b'), at('/items/1'), at('/ITEMS/12')],
  ],
  [
    'a method in its case',
    [method('PUT', 'M-SEARCH')],
    [{ method: 'PUT' }, { method: 'M-SEARCH' }, { method: 'POST' }],
  ],
  [
    'a header with wildcards in any case',
    [header('X-Kind', 'a*b', '  # "quoted" \'x\' ')],
    [kind('A--B'), kind('ab'), kind('xab'), kind('# "quoted" \'x\'')],
  ],
  [
    'any occurrence of a header',
    [header('x-kind', 'two')],
    [kind(['one', 'two']), kind(['one', 'three']), kind('one, two')],
  ],
  [
    'a header by regular expression',
    [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kind', RegexValues: ['^v[0-9]$'] } }],
    [kind('v1'), kind('V1'), kind('v12')],
  ],
  ['headers whose names are odd', [header("x'$%&|`~#!*+.^_", 'yes')], [{ headers: { "x'$%&|`~#!*+.^_": 'YES' } }, {}]],
  [
    'a key and a value',
    [query({ Key: 'Version', Value: 'v1*' })],
    [at('/?version=V1.2'), at('/?a=b&version=v1'), at('/?versions=v1'), at('/?version=v2'), at('/?xversion=v1')],
  ],
  ['a value of any key', [query({ Value: 'on' })], [at('/?x=on'), at('/?on=x'), at('/?x=ON&y'), at('/?x=oni')]],
  ['escaped wildcards of queries', [query({ Key: 'q', Value: '\\*\\?' })], [at('/?q=*?'), at('/?q=ab')]],
  [
    'every condition',
    [path('/a*'), method('GET'), header('x-kind', 'y')],
    [{ path: '/a', headers: { 'x-kind': 'y' } }, { path: '/a' }, { path: '/b', headers: { 'x-kind': 'y' } }],
  ],
  [
    'a host and a path',
    [host('a.example.com', 'b.example.com'), path('/x/*', '/y')],
    [
      { ...named('A.example.com'), path: '/x/1' },
      { ...named('b.example.com'), path: '/y' },
      { ...named('b.example.com'), path: '/z' },
      { ...named('c.example.com'), path: '/y' },
    ],
  ],
  [
    'the address of the peer alone',
    [source('10.0.0.0/8', '127.0.0.0/8')],
    [{}, { headers: { 'x-forwarded-for': '192.0.2.1' } }],
  ],
  ['no other address', [source('10.0.0.0/8', '2000::/3')], [{}, { headers: { 'x-forwarded-for': '10.0.0.1' } }]],
]

function named(name: string): Asked {
  return { headers: { host: name } }
}

function at(target: string): Asked {
  return { path: target }
}

function kind(value: string | string[]): Asked {
  return { headers: { 'x-kind': value } }
}

/** The rule that the reference gives a request that Node's client sends. */
const expectedRule = (rules: readonly RuleRoute[], asked: Asked): string => {
  const [target = '/', search = ''] = (asked.path ?? '/').split(/\?(.*)/s)
  const headers = Object.entries(asked.headers ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one): readonly [string, string] => [name, one.trim()]),
  )
  const rule = matchRule(rules, {
    method: asked.method ?? 'GET',
    host: String(asked.headers?.host ?? '127.0.0.1'),
    path: target,
    query: search,
    headers,
    sourceIp: '127.0.0.1',
  })
  return String(rule?.priority)
}

const takenBy = async (port: number, { path: target, ...asked }: Asked): Promise<string> => {
  const answer = await ask({
    port,
    ...asked,
    ...(target !== undefined && { path: target }),
    headers: asked.headers ?? {},
  })
  return answer.status === 200 ? answer.body : `status ${answer.status}`
}

const fallback = aRuleRoute('default', [], [answerWith('default')])
const rulesOf = (...conditions: RuleCondition[][]): RuleRoute[] => [
  ...conditions.map((all, index) => aRuleRoute(index + 1, all, [answerWith(`${index + 1}`)])),
  fallback,
]

const serving = async (program: string, rules: readonly RuleRoute[]) => {
  const port = await freePort()
  return { port, haproxy: await HaproxyUnderTest.start(program, aRoutingTable({ port, rules }), [port]) }
}

describe.each(PROGRAMS)('rules of a listener, by %s', (program) => {
  it.each(CASES)('takes requests by %s', async (_, conditions, all) => {
    const rules = rulesOf(conditions)
    const { port, haproxy } = await serving(program, rules)
    try {
      const expected = all.map((asked) => expectedRule(rules, asked))
      const taken = []
      for (const asked of all) taken.push(await takenBy(port, asked))
      expect(taken).toEqual(expected)
    } finally {
      await haproxy.stop()
    }
  })

  describe('with many rules', () => {
    const hosts = ['a.test', 'b.test', '*.test', 'a.*']
    const paths = ['/a', '/a/*', '/a/b', '/a/b/*', '/a*', '/*', '/a/?', '/*/b', '*', '/b']
    const aHost = fc.subarray(hosts, { minLength: 1, maxLength: 2 }).map((some) => host(...some))
    const aPath = fc.subarray(paths, { minLength: 1, maxLength: 2 }).map((some) => path(...some))
    const conditions = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(aPath) },
      { weight: 3, arbitrary: fc.tuple(aHost, aPath) },
      { weight: 1, arbitrary: fc.tuple(aHost) },
      { weight: 1, arbitrary: fc.constantFrom([method('PUT')], [header('x-kind', 'y*'), path('/a*')]) },
    )
    const sets = fc.sample(fc.array(conditions, { minLength: 1, maxLength: 14 }), { numRuns: 12, seed: 7 })
    const asked: Asked[] = ['a.test', 'B.test', 'c.test', 'a.org'].flatMap((name) =>
      ['/', '/a', '/a/', '/a/b', '/a/b/c', '/ab', '/b', '/x/b', '/a/c'].map((target) => ({
        path: target,
        method: target === '/a' ? 'PUT' : 'GET',
        headers: { host: name, ...(target === '/ab' && { 'x-kind': 'yes' }) },
      })),
    )

    it.each(sets.map((set, index) => [index, set] as const))('the first that matches counts (%i)', async (_, set) => {
      const rules = rulesOf(...set.map((all) => [...all]))
      const { port, haproxy } = await serving(program, rules)
      try {
        const taken = []
        for (const one of asked) taken.push(await takenBy(port, one))
        expect(taken).toEqual(asked.map((one) => expectedRule(rules, one)))
      } finally {
        await haproxy.stop()
      }
    })
  })
})
