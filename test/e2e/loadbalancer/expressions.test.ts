import { readFileSync } from 'node:fs'
import type { RuleCondition, RuleTransform } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkedConditions } from '../../../src/model/load-balancing/conditions.ts'
import { matchRule } from '../../../src/model/load-balancing/match-rule.ts'
import type { RuleRoute } from '../../../src/model/load-balancing/routing.ts'
import { checkedTransforms } from '../../../src/model/load-balancing/transforms.ts'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, answerWith, forwardTo } from './a-route.ts'
import { ask, echoed, EchoTarget } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

const path = (...RegexValues: string[]): RuleCondition => ({
  Field: 'path-pattern',
  PathPatternConfig: { RegexValues },
})
const paths = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } })
const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } })
const header = (...RegexValues: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName: 'x-text', RegexValues },
})

/** Linear as they are defined; a matcher that goes back and tries again may need longer than the universe lasts. */
const CATASTROPHIC: readonly RuleCondition[] = [
  path('^/(a+)+$'),
  path('^/(a|a)*$'),
  path('^/(a*)*b?$'),
  path('^/(.*a){12}$'),
  path('^/(?:a?){40}a{40}$'),
  path('(x+x+)+y', '^/(([a-z])+.)+[A-Z]([a-z])+$'),
  header('^(\\w+\\s?)*$'),
  header('^(.*,)*(.*,)*(.*,)*end$'),
]

/** Many ways to put the wildcards, and none that is right. */
const WILDCARDS: readonly RuleCondition[][] = [
  [paths('/*a*a*a*a*b')],
  [host('*a*a.test', 'x?.test'), paths('/*c*')],
  [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-text', Values: ['*a*a*a*a*b'] } }],
  [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: '*k*k', Value: '*v*w' }] } }],
]

const REWRITE: RuleTransform = {
  Type: 'url-rewrite',
  UrlRewriteConfig: { Rewrites: [{ Regex: '^/r(a+)+$', Replace: '/rewritten' }] },
}

/** Of processor time, since it began; it counts in hundredths of a second. */
const processorSeconds = async (haproxy: HaproxyUnderTest): Promise<number> => {
  const [, pid = ''] = /^Pid: (\d+)$/m.exec(await haproxy.command('show info')) ?? []
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

describe.each(PROGRAMS)('expressions of users, by %s', (program) => {
  let target: EchoTarget
  let haproxy: HaproxyUnderTest
  let port: number
  let rules: readonly RuleRoute[]

  beforeAll(async () => {
    target = await EchoTarget.start()
    port = await freePort()
    const conditions = [...CATASTROPHIC.map((condition) => [condition]), ...WILDCARDS].map((all) =>
      checkedConditions(all, 'application'),
    )
    rules = [
      ...conditions.map((all, index) => aRuleRoute(index + 1, all, [answerWith(`rule ${index + 1}`)])),
      aRuleRoute(99, [paths('/r*')], [forwardTo('web')], checkedTransforms([REWRITE], 'application')),
      aRuleRoute('default', [], [answerWith('rule default')]),
    ]
    const table = aRoutingTable({ port, rules, groups: [aGroupRoute('web', [aTargetRoute(target.port)])] })
    haproxy = await HaproxyUnderTest.start(program, table, [port])
  })
  afterAll(async () => {
    await haproxy.stop()
    await target.stop()
  })

  /** The reference needs time in proportion to the text. */
  const expected = (text: string, headers: Readonly<Record<string, string>>): string => {
    const [pathOnly = '', query = ''] = text.split('?')
    const rule = matchRule(rules, {
      method: 'GET',
      host: headers['host'] ?? '127.0.0.1',
      path: pathOnly,
      query,
      headers: Object.entries(headers),
      sourceIp: '127.0.0.1',
    })
    return `rule ${rule?.priority}`
  }

  it.each([
    ['/aaaa', {}],
    ['/r', { 'x-text': 'word word' }],
    ['/x', { host: 'xaaa.test' }],
    ['/c', { host: 'bananas.test' }],
    ['/c', { host: 'other|a.test' }],
    ['/|a.a.a.test|/c', { host: 'other' }],
    ['/xbababababb', {}],
    ['/?xkk=vvw', {}],
    ['/?xkk=vv&kk=w', {}],
  ] as const)('take what they describe: %s %o', async (text, headers) => {
    const { status, body } = await ask({ port, path: text, headers })
    expect(status === 400 ? expected(text, {}) : body).toBe(expected(text, status === 400 ? {} : headers))
  })

  it.each([
    ['wildcards in a path', `/${'a'.repeat(12_000)}`, {}],
    ['wildcards in a host', '/', { host: `${'a'.repeat(8000)}.test.x` }],
    ['wildcards in a query', `/?${'k'.repeat(5000)}=${'v'.repeat(6000)}&`, {}],
    ['wildcards in a header', '/', { 'x-text': '-a'.repeat(6000) }],
    ['groups in a path', `/${'a'.repeat(60)}!`, {}],
    ['groups in a long path', `/${'ab'.repeat(5000)}!`, {}],
    ['words in a header', '/', { 'x-text': `${'word '.repeat(2000)}!` }],
    ['lists in a header', '/', { 'x-text': ','.repeat(12_000) }],
  ])('cost little, whoever asks for what: %s', async (_, text, headers) => {
    const before = await processorSeconds(haproxy)
    for (let count = 0; count < 10; count++) {
      const { body } = await ask({ port, path: text, headers })
      expect(body).toBe(expected(text, headers))
    }
    expect((await processorSeconds(haproxy)) - before).toBeLessThan(0.5)
  })

  it('rewrite nothing, when they would take too long', async () => {
    const before = await processorSeconds(haproxy)
    const answers = [await ask({ port, path: '/raaa' }), await ask({ port, path: `/r${'a'.repeat(5000)}!` })]
    expect(answers.map((answer) => echoed(answer).url.slice(0, 10))).toEqual(['/rewritten', '/raaaaaaaa'])
    expect((await processorSeconds(haproxy)) - before).toBeLessThan(0.5)
  })
})
